package dev.headgate.lab.routing;

import java.util.Arrays;

/** Means and intervals over seeds, and percentiles over requests as simulator.md §7 defines them. */
final class Statistics {
    /** Student's t for a two-sided 95 % interval, by degrees of freedom from 1. */
    private static final double[] T95 = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double T95_MANY = 1.960;

    private Statistics() {}

    /** Returns the mean, NaN of nothing. */
    static double mean(double... values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Returns the standard deviation of a sample, 0 of a single value. */
    static double deviation(double... values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    /** Returns half the width of the 95 % interval of the mean, NaN of fewer than two values. */
    static double halfWidth95(double... values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        int freedom = values.length - 1;
        double t = freedom <= T95.length ? T95[freedom - 1] : T95_MANY;
        return t * deviation(values) / Math.sqrt(values.length);
    }

    /** Returns element ⌊share·n⌋ of {@code sorted}, the last if that is beyond, NaN if there is none. */
    static double percentile(double[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.floor(share * sorted.length))];
    }
}
