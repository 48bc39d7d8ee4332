package dev.headgate.core.signal;

import java.util.Arrays;

/**
 * Three factors that best explain observed ratios: recursive least squares that forgets, kept near a prior and within bounds
 * of it.
 *
 * <p>An observation says what share each of three terms has in a prior's prediction (they add up to 1) and how many times
 * that prediction was true, so that short times weigh as much as long ones. Kept are the sums of the
 * normal equations, each halved every {@link #HALF_LIFE} observations, rather than an inverse: what is not observed then
 * stays at the prior and does not drift, as it does in the usual recursion with forgetting. The solution within bounds is
 * found by coordinate descent, which for three factors takes less than a microsecond. Not thread-safe.
 */
final class BoundedFit {
    private static final int TERMS = 3;
    private static final int HALF_LIFE = 200;
    private static final double KEPT = Math.pow(0.5, 1.0 / HALF_LIFE);

    /** The prior counts as much as one observation of each term alone: little, but enough where there is nothing else. */
    private static final double PRIOR_WEIGHT = 1;

    /** A time so many times off what is expected is a stall; it counts as this much, so that one does not spoil the rest. */
    private static final double SURPRISE = 4;

    /** How often the expectation is renewed by itself: far hardware is reached in steps of {@link #SURPRISE}. */
    private static final int RENEWAL = 8;

    private static final int SWEEPS = 60;

    private final double[][] products = new double[TERMS][TERMS];
    private final double[] targets = new double[TERMS];
    private final double[] factors = {1, 1, 1};
    private double[] lastPrior = {1, 1, 1};
    private double lastBound = 1e6;
    private long samples;

    /** Takes one observation: the shares of three terms and the ratio of what was observed to the prior's prediction. */
    void add(double share0, double share1, double share2, double ratio) {
        if (!(ratio > 0) || ratio == Double.POSITIVE_INFINITY) {
            return;
        }
        double[] shares = {share0, share1, share2};
        double expected = share0 * factors[0] + share1 * factors[1] + share2 * factors[2];
        double bounded = Math.max(expected / SURPRISE, Math.min(expected * SURPRISE, ratio));
        for (int i = 0; i < TERMS; i++) {
            for (int j = 0; j < TERMS; j++) {
                products[i][j] = KEPT * products[i][j] + shares[i] * shares[j];
            }
            targets[i] = KEPT * targets[i] + shares[i] * bounded;
        }
        if (++samples % RENEWAL == 0) {
            solve(lastPrior, lastBound);
        }
    }

    /** Returns how many observations there were. */
    long samples() {
        return samples;
    }

    /** Returns the factors, each within {@code bound} times of the prior's and 1 ÷ {@code bound}; valid until the next call. */
    double[] solve(double[] prior, double bound) {
        lastPrior = prior;
        lastBound = bound;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            double moved = 0;
            for (int i = 0; i < TERMS; i++) {
                double rest = targets[i] + weight(prior, i) * prior[i];
                for (int j = 0; j < TERMS; j++) {
                    rest -= j == i ? 0 : products[i][j] * factors[j];
                }
                double best = rest / (products[i][i] + weight(prior, i));
                double factor = Math.max(prior[i] / bound, Math.min(prior[i] * bound, best));
                moved = Math.max(moved, Math.abs(factor - factors[i]));
                factors[i] = factor;
            }
            if (moved < 1e-6) {
                break;
            }
        }
        return factors;
    }

    /** Forgets everything. */
    void clear() {
        for (double[] row : products) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(targets, 0);
        samples = 0;
    }

    private static double weight(double[] prior, int term) {
        return PRIOR_WEIGHT / (prior[term] * prior[term]);
    }
}
