package dev.headgate.lab.dispatch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The named workloads.
 *
 * <p>Run and load costs of the first two are calibrated: they solve smart-routing's published pairs of misses and mean
 * runtime, dispatch.md §15.
 */
public final class Presets {
    private static final CostModel SATURATED_RUN = CostModel.of(0.04);
    private static final CostModel SATURATED_LOAD = CostModel.of(0.42);

    private static final List<Long> NONE = List.of();
    private static final List<DispatchWorkload.Kill> NO_KILLS = List.of();
    private static final List<Integer> DRAWN = List.of();

    private static final Map<String, DispatchWorkload> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("seed-over-capacity", producers(5, 2, 2.5, CostModel.of(0.0875), CostModel.of(0.3905)));
        BY_NAME.put("seed-at-capacity", producers(4, 2, 0.75, CostModel.of(0.0398), CostModel.of(0.4195)));
        BY_NAME.put("saturated-5", saturated(5));
        BY_NAME.put("saturated-4", saturated(4));
        BY_NAME.put(
                "pool-16x4x200",
                new DispatchWorkload(
                        16,
                        4,
                        200,
                        12_000,
                        0,
                        0,
                        0,
                        0,
                        SATURATED_RUN,
                        SATURATED_LOAD,
                        1.0,
                        0,
                        0,
                        80,
                        false,
                        NONE,
                        0,
                        NO_KILLS,
                        DRAWN));
    }

    private Presets() {}

    /** Returns the presets by name, in the order of the documentation. */
    public static Map<String, DispatchWorkload> byName() {
        return Collections.unmodifiableMap(BY_NAME);
    }

    /** Returns the preset of that name; throws {@link IllegalArgumentException} naming the known ones. */
    public static DispatchWorkload named(String name) {
        DispatchWorkload preset = BY_NAME.get(name);
        if (preset == null) {
            throw new IllegalArgumentException("--preset: " + name + " (expected: one of " + BY_NAME.keySet() + ")");
        }
        return preset;
    }

    private static DispatchWorkload producers(
            int labels, int producers, double waitAvg, CostModel runCost, CostModel loadCost) {
        return new DispatchWorkload(
                2, 2, labels, 2400, producers, waitAvg, 1.0, 0.1, runCost, loadCost, 0, 0, 0, 0, false, NONE, 0,
                NO_KILLS, DRAWN);
    }

    private static DispatchWorkload saturated(int labels) {
        return new DispatchWorkload(
                2,
                2,
                labels,
                2400,
                8,
                0,
                0,
                0,
                SATURATED_RUN,
                SATURATED_LOAD,
                0,
                0,
                0,
                0,
                false,
                NONE,
                0,
                NO_KILLS,
                DRAWN);
    }
}
