package dev.headgate.app.config;

import dev.headgate.core.guard.OutlierSettings;
import java.time.Duration;

/** Reads who is ejected from a pool: the keys under {@code outlier}. */
final class OutlierReader {
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    private static final Kind<Integer> COUNT = Kind.integer(1, Integer.MAX_VALUE);

    private OutlierReader() {}

    static OutlierSettings read(Section section) {
        OutlierSettings standard = OutlierSettings.DEFAULTS;
        Section successRate = section.section("successRate");
        Section failurePercentage = section.section("failurePercentage");
        OutlierSettings outlier = new OutlierSettings(
                section.value("interval", SOME, standard.interval()),
                section.value("consecutive5xx", COUNT, standard.consecutive5xx()),
                section.value("consecutiveGatewayErrors", COUNT, standard.consecutiveGatewayErrors()),
                section.value(
                        "enforcingConsecutiveGatewayErrors",
                        Kind.percent(),
                        standard.enforcingConsecutiveGatewayErrors()),
                section.value("baseEjectionTime", SOME, standard.baseEjectionTime()),
                section.value("maxEjectionTime", SOME, standard.maxEjectionTime()),
                section.value("maxEjectionPercent", Kind.percent(), standard.maxEjectionPercent()),
                section.value("alwaysEjectOneEndpoint", Kind.flag(), standard.alwaysEjectOneEndpoint()),
                successRate.value("stdev", Kind.number(0, Double.MAX_VALUE), standard.successRateStdev()),
                successRate.value("minHosts", COUNT, standard.successRateMinHosts()),
                successRate.value("minRequests", COUNT, standard.successRateMinRequests()),
                failurePercentage.value("threshold", Kind.percent(), standard.failurePercentage()),
                failurePercentage.value("enforcing", Kind.percent(), standard.enforcingFailurePercentage()),
                section.value("panicThreshold", Kind.percent(), standard.panicThreshold()));
        successRate.end();
        failurePercentage.end();
        section.end();
        return outlier;
    }
}
