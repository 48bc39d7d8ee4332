package dev.headgate.lab.live;

import java.util.Arrays;

/**
 * How long something took, in milliseconds.
 *
 * @param p50Ms the median
 * @param p99Ms what one of a hundred exceeds
 * @param maxMs the longest
 */
public record Delay(double p50Ms, double p99Ms, double maxMs) {
    private static final double MICROS_PER_MILLI = 1e3;

    /** Returns the delay of {@code micros}, zeros if there are none. */
    static Delay of(long... micros) {
        if (micros.length == 0) {
            return new Delay(0, 0, 0);
        }
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return new Delay(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))] / MICROS_PER_MILLI;
    }
}
