package dev.headgate.app.config;

/** How the dispatcher decides which worker holds which model. */
public enum PlacementPolicy {
    /** Tasks are bound to a worker when it can run them, and models are evicted by what they are worth. */
    LATE,
    /** smart-routing's rule: a worker that holds the model, else the one with room, else the longest idle. */
    SEED,
    /** A uniformly random idle worker. */
    RANDOM
}
