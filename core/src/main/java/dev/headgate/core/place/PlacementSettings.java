package dev.headgate.core.place;

/**
 * The constants of the {@code late} policy; dispatch.md §7 lists how sensitive it is to each.
 *
 * @param overlap whether a worker loads while it runs
 * @param ageBound how many later tasks may run before the first in order is served by force, ≥ 0
 * @param popularityWindow memory of popularity, in arrivals per label, > 0
 * @param horizon how far ahead the loss by an eviction is counted, in turns of the whole fleet, ≥ 0
 * @param tieBand among victims this much dearer than the cheapest the generator draws, ≥ 0
 * @param rent waiting time, in loads, after which a busy worker also loads, ≥ 0
 */
public record PlacementSettings(
        boolean overlap, int ageBound, double popularityWindow, double horizon, double tieBand, double rent) {
    /** The defaults of dispatch.md §7. */
    public static final PlacementSettings DEFAULTS = new PlacementSettings(true, 50, 10, 1.0, 0.2, 1.0);

    public PlacementSettings {
        requireAtLeast("ageBound", ageBound, 0);
        requireAtLeast("horizon", horizon, 0);
        requireAtLeast("tieBand", tieBand, 0);
        requireAtLeast("rent", rent, 0);
        if (!(popularityWindow > 0)) {
            throw new IllegalArgumentException("popularityWindow: " + popularityWindow + " (expected: > 0)");
        }
    }

    /** Returns these settings with {@code overlap} set. */
    public PlacementSettings withOverlap(boolean on) {
        return new PlacementSettings(on, ageBound, popularityWindow, horizon, tieBand, rent);
    }

    private static void requireAtLeast(String name, double value, double least) {
        if (!(value >= least)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + (int) least + ")");
        }
    }
}
