package dev.headgate.lab.failover;

/** The names of a lane's two models. */
record LaneModels(String primary, String fallback) {
    static LaneModels of(String suffix) {
        return new LaneModels("primary-" + suffix, "fallback-" + suffix);
    }
}
