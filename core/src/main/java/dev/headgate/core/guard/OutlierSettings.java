package dev.headgate.core.guard;

import java.time.Duration;

/**
 * Envoy's outlier detection of a pool (gateway.md §14). Shares are percentages, 0–100.
 *
 * @param interval between two looks at the rates
 * @param consecutive5xx errors in a row that eject, ≥ 1
 * @param consecutiveGatewayErrors gateway errors in a row that eject, ≥ 1
 * @param enforcingConsecutiveGatewayErrors how often they do
 * @param baseEjectionTime the first ejection; the n-th is n times as long
 * @param maxEjectionTime the longest
 * @param maxEjectionPercent of the pool that may be ejected
 * @param alwaysEjectOneEndpoint whether one may be ejected whatever the percentage says
 * @param successRateStdev standard deviations below the mean that eject
 * @param successRateMinHosts backends with enough requests that are needed
 * @param successRateMinRequests requests in an interval that are enough
 * @param failurePercentage failures in an interval that eject
 * @param enforcingFailurePercentage how often they do
 * @param panicThreshold below this share of unejected backends, ejection is ignored
 */
public record OutlierSettings(
        Duration interval,
        int consecutive5xx,
        int consecutiveGatewayErrors,
        double enforcingConsecutiveGatewayErrors,
        Duration baseEjectionTime,
        Duration maxEjectionTime,
        double maxEjectionPercent,
        boolean alwaysEjectOneEndpoint,
        double successRateStdev,
        int successRateMinHosts,
        int successRateMinRequests,
        double failurePercentage,
        double enforcingFailurePercentage,
        double panicThreshold) {
    /** The values of gateway.md §14. */
    public static final OutlierSettings DEFAULTS = new OutlierSettings(
            Duration.ofSeconds(10),
            5,
            5,
            0,
            Duration.ofSeconds(30),
            Duration.ofSeconds(300),
            10,
            false,
            1.9,
            5,
            100,
            85,
            0,
            50);
}
