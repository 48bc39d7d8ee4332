package dev.headgate.lab.workload;

import java.util.random.RandomGenerator;

/** Draws that several workloads share. */
final class Draws {
    static final double MICROS = 1e6;

    private Draws() {}

    /** Returns the cumulative weights 1/k^s of {@code count} choices, the last of which is 1. */
    static double[] zipf(int count, double s) {
        double[] cumulative = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += 1 / Math.pow(k + 1.0, s);
            cumulative[k] = sum;
        }
        for (int k = 0; k < count; k++) {
            cumulative[k] /= sum;
        }
        return cumulative;
    }

    static int choose(double[] cumulative, RandomGenerator random) {
        double u = random.nextDouble();
        int k = 0;
        while (k < cumulative.length - 1 && u >= cumulative[k]) {
            k++;
        }
        return k;
    }

    static int lognormal(double median, double sigma, RandomGenerator random) {
        return Math.clamp(Math.round(median * Math.exp(sigma * random.nextGaussian())), 1, 100_000);
    }

    static long exponentialMicros(double meanSeconds, RandomGenerator random) {
        return (long) (random.nextExponential() * meanSeconds * MICROS);
    }
}
