package dev.headgate.core.signal;

/**
 * An exponentially weighted moving average that starts from a prior.
 *
 * <p>The first sample replaces the prior; later ones move the average by {@code weight} of the difference. Samples that
 * are not finite or negative are ignored. Not thread-safe.
 */
public final class Ewma {
    private final double weight;
    private double value;
    private boolean sampled;

    /** Returns an average with {@code weight} in (0, 1] for the newest sample, reading {@code prior} until there is one. */
    public Ewma(double weight, double prior) {
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: in (0, 1])");
        }
        this.weight = weight;
        this.value = prior;
    }

    /** Takes one sample into account. */
    public void add(double sample) {
        if (!Double.isFinite(sample) || sample < 0) {
            return;
        }
        value = sampled ? value + weight * (sample - value) : sample;
        sampled = true;
    }

    /** Returns the average, or the prior before the first sample. */
    public double value() {
        return value;
    }
}
