package dev.headgate.core.signal;

/**
 * What an endpoint's engine reported of its load, and how long ago.
 *
 * @param waiting requests in the engine's queue, ≥ 0; NaN = unknown
 * @param running requests in the engine's batch, ≥ 0; NaN = unknown
 * @param kvUsage the share of the key-value cache in use, 0–1; NaN = unknown
 * @param ageNanos how old that is, ≥ 0; −1 = there was no report
 */
public record LoadReport(double waiting, double running, double kvUsage, long ageNanos) {
    /** No report. */
    public static final LoadReport UNKNOWN = new LoadReport(Double.NaN, Double.NaN, Double.NaN, -1);

    /** A negative or infinite number is no measurement and reads as unknown; a usage over 1 as 1. */
    public LoadReport {
        waiting = plausible(waiting);
        running = plausible(running);
        kvUsage = Math.min(1, plausible(kvUsage));
    }

    /** Returns whether there was a report at most {@code nanos} ago. */
    public boolean isFresh(long nanos) {
        return ageNanos >= 0 && ageNanos <= nanos;
    }

    private static double plausible(double value) {
        return value >= 0 && value < Double.POSITIVE_INFINITY ? value : Double.NaN;
    }
}
