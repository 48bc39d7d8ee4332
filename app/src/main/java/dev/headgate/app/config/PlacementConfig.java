package dev.headgate.app.config;

/**
 * How models are placed. The numbers apply to {@link PlacementPolicy#LATE} only.
 *
 * @param overlap whether a worker may load one model while it runs another
 * @param ageBound how often the first waiting task may be overtaken before nothing overtakes it, at least 1
 * @param popularityWindow arrivals per label over which popularity fades, above 0
 * @param horizon how far ahead an eviction's cost is counted, in turnovers of the pool's memory, at least 0
 * @param tieBand share above the lowest value within which victims are drawn at random, at least 0
 * @param rent waiting time, in loads of the model, that buys a load on a busy worker, at least 0
 */
public record PlacementConfig(
        PlacementPolicy policy,
        boolean overlap,
        int ageBound,
        double popularityWindow,
        double horizon,
        double tieBand,
        double rent) {
    /** What the simulations of the placement found best or insensitive. */
    public static final PlacementConfig DEFAULT =
            new PlacementConfig(PlacementPolicy.LATE, true, 50, 10, 1.0, 0.2, 1.0);
}
