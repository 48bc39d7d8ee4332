package dev.headgate.worker.sleep;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A duration that is drawn anew each time: normal, with a floor.
 *
 * @param meanMillis mean in milliseconds, at least zero
 * @param stddevMillis standard deviation in milliseconds, at least zero
 */
public record SleepCost(double meanMillis, double stddevMillis) {
    /** Costs nothing. */
    public static final SleepCost NONE = new SleepCost(0, 0);

    /** Validates both values. */
    public SleepCost {
        check("mean", meanMillis);
        check("stddev", stddevMillis);
    }

    /** Parses {@code MEAN} or {@code MEAN,STDDEV}, both in milliseconds. */
    public static SleepCost parse(String text) {
        String[] fields = text.split(",", -1);
        if (fields.length > 2) {
            throw new IllegalArgumentException("sleep cost: " + text + " (expected: MEAN[,STDDEV] in milliseconds)");
        }
        try {
            return new SleepCost(
                    Double.parseDouble(fields[0].strip()),
                    fields.length == 2 ? Double.parseDouble(fields[1].strip()) : 0);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("sleep cost: " + text + " (expected: MEAN[,STDDEV] in milliseconds)", e);
        }
    }

    /** Returns a draw, never below {@code floor} of the mean. */
    Duration draw(RandomGenerator random, double floor) {
        double millis = stddevMillis == 0 ? meanMillis : random.nextGaussian(meanMillis, stddevMillis);
        return Duration.ofNanos(Math.round(Math.max(millis, floor * meanMillis) * 1_000_000));
    }

    private static void check(String name, double millis) {
        if (!(millis >= 0 && millis <= 86_400_000)) {
            throw new IllegalArgumentException(name + ": " + millis + " ms (expected: 0 to one day)");
        }
    }
}
