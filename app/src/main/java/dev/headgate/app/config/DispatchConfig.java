package dev.headgate.app.config;

/** The dispatcher's part of the configuration. */
public record DispatchConfig(
        AuthConfig auth, PlacementConfig placement, LeaseConfig leases, LimitConfig limits, ModelsConfig models) {
    /** What holds without a file. */
    public static final DispatchConfig DEFAULT = new DispatchConfig(
            AuthConfig.DEFAULT,
            PlacementConfig.DEFAULT,
            LeaseConfig.DEFAULT,
            LimitConfig.DEFAULT,
            ModelsConfig.DEFAULT);
}
