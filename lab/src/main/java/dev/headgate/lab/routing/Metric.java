package dev.headgate.lab.routing;

import java.util.Arrays;
import java.util.Optional;

/** What is measured of a run, simulator.md §7; the names are those of the JSON report. */
public enum Metric {
    GOODPUT("goodputPct", ""),
    GOOD_PER_SECOND("goodPerSecond", ""),
    TTFT_P50("ttftMs", "p50"),
    TTFT_P90("ttftMs", "p90"),
    TTFT_P99("ttftMs", "p99"),
    TTFT_MEAN("ttftMs", "mean"),
    TPOT_P50("tpotMs", "p50"),
    TPOT_P90("tpotMs", "p90"),
    TPOT_P99("tpotMs", "p99"),
    TPOT_MEAN("tpotMs", "mean"),
    E2E_P50("e2eMs", "p50"),
    E2E_P90("e2eMs", "p90"),
    E2E_P99("e2eMs", "p99"),
    E2E_MEAN("e2eMs", "mean"),
    HIT("hitPct", ""),
    IMBALANCE("imbalance", ""),
    UTILISATION("utilisation", ""),
    PREEMPTIONS("preemptions", ""),
    RETRIES("retries", ""),
    REFUSED("refused", ""),
    FAILED("failed", ""),
    COMPLETED("completed", ""),
    MAKESPAN("makespanSeconds", ""),
    WAIT_P50("waitMs", "p50"),
    WAIT_P99("waitMs", "p99"),
    JAIN("jain", ""),
    DECISION_P50("decisionMicros", "p50"),
    DECISION_P99("decisionMicros", "p99"),
    ALLOCATED("allocatedBytesPerDecision", "");

    private final String group;
    private final String part;

    Metric(String group, String part) {
        this.group = group;
        this.part = part;
    }

    /** Returns the metric that reports write {@code name}, as {@code goodputPct} or {@code ttftMs.p90}. */
    public static Optional<Metric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.toString().equals(name))
                .findFirst();
    }

    String group() {
        return group;
    }

    String part() {
        return part;
    }

    @Override
    public String toString() {
        return part.isEmpty() ? group : group + "." + part;
    }
}
