package dev.headgate.core.place;

import dev.headgate.core.admit.WaitingRoom;

/**
 * Decides which waiting tasks run where and which models are loaded where.
 *
 * <p>Called on every arrival, end of a run or load, change of a worker and timer. Deterministic given its generator.
 */
public interface PlacementPolicy {
    /** Emits all that can be done at {@code nowNanos}; afterwards nothing more can be. */
    void decide(Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions);

    /** A copy has been loaded; called before {@link #decide}. */
    default void loaded(Copy copy, Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {}
}
