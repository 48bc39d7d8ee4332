package dev.headgate.lab.trace;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * Spreads requests whose timestamps are rounded: a tick of three seconds makes bursts of ten out of a steady stream, and
 * decides which policy wins.
 */
public final class Jitter {
    private Jitter() {}

    /** Returns how many different arrivals {@code trace} has. */
    public static int distinct(Trace trace) {
        return (int) sorted(trace).distinct().count();
    }

    /** Returns how many requests of {@code trace} come at a time of their own. */
    public static int timed(Trace trace) {
        return (int) sorted(trace).count();
    }

    /** Returns the median gap between different arrivals if fewer than half of them differ, else 0; microseconds. */
    public static long quantum(Trace trace) {
        long[] ticks = sorted(trace).distinct().toArray();
        if (2L * ticks.length >= timed(trace) || ticks.length < 2) {
            return 0;
        }
        long[] gaps = new long[ticks.length - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = ticks[i + 1] - ticks[i];
        }
        Arrays.sort(gaps);
        return gaps[gaps.length / 2];
    }

    /** Returns {@code trace} with every request moved forward by a uniform part of {@code quantumMicros}. */
    public static Trace spread(Trace trace, long quantumMicros, RandomGenerator random) {
        if (quantumMicros == 0) {
            return trace;
        }
        long[] arrivals = trace.arrivals();
        for (int r = 0; r < arrivals.length; r++) {
            if (arrivals[r] != Trace.AFTER_ANSWER) {
                arrivals[r] += (long) (random.nextDouble() * quantumMicros);
            }
        }
        return trace.withArrivals(arrivals);
    }

    private static LongStream sorted(Trace trace) {
        return Arrays.stream(trace.arrivals())
                .filter(arrival -> arrival != Trace.AFTER_ANSWER)
                .sorted();
    }
}
