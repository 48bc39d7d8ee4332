package dev.headgate.lab.load;

import java.util.Arrays;

/** Latencies of requests, in nanoseconds from the time at which each was meant to be sent. */
public final class Latencies {
    private final long[] sorted;
    private final long errors;

    Latencies(long[] nanos, long errors) {
        sorted = nanos.clone();
        Arrays.sort(sorted);
        this.errors = errors;
    }

    /** Returns how many requests were answered. */
    public int count() {
        return sorted.length;
    }

    /** Returns how many were not, or wrongly. */
    public long errors() {
        return errors;
    }

    /** Returns the microseconds that a share {@code quantile} of the requests did not exceed; NaN if there are none. */
    public double micros(double quantile) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int index = (int) Math.ceil(quantile * sorted.length) - 1;
        return sorted[Math.clamp(index, 0, sorted.length - 1)] / 1e3;
    }
}
