package dev.headgate.lab.dispatch;

import dev.headgate.core.place.PlacementSettings;
import java.util.List;

/** Simulated runs as the tests need them. */
final class Runs {
    private Runs() {}

    static DispatchReport late(DispatchWorkload workload, long seed) {
        return DispatchSimulation.run(workload, "late", PlacementSettings.DEFAULTS, seed);
    }

    /** Returns the means over 20 seeds. */
    static DispatchComparison.Summary means(DispatchWorkload workload, String policy) {
        return compare(workload, List.of(policy), 20).of(policy);
    }

    static DispatchComparison compare(DispatchWorkload workload, List<String> policies, int seeds) {
        return DispatchComparison.run(workload, policies, PlacementSettings.DEFAULTS, 1, seeds);
    }
}
