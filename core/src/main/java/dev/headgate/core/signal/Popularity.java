package dev.headgate.core.signal;

/**
 * How often a label is asked for, per arrival of any label, so that it reads the same at any traffic level.
 *
 * <p>Each arrival of the label counts one and the count decays by e^(−Δ/K) over the Δ arrivals of any label in between;
 * the share is that count ÷ the same sum over all arrivals, K·(1 − e^(−A/K)) after A of them. Dividing by the sum rather
 * than by K keeps labels that came first from looking popular for the next K arrivals. K, the memory in arrivals, is the
 * caller's and may change. See dispatch.md §7. Not thread-safe.
 */
public final class Popularity {
    private double count;
    private long lastArrival;

    /** Counts the label's arrival, which is number {@code arrival} of all, with a memory of {@code memory} > 0 arrivals. */
    public void arrived(long arrival, double memory) {
        count = decayed(arrival, memory) + 1;
        lastArrival = arrival;
    }

    /** Returns the share of arrivals as of arrival number {@code arrival} > 0, about in [0, 1]. */
    public double at(long arrival, double memory) {
        return count == 0 ? 0 : decayed(arrival, memory) / (memory * -Math.expm1(-arrival / memory));
    }

    private double decayed(long arrival, double memory) {
        return count == 0 ? 0 : count * Math.exp(-(arrival - lastArrival) / memory);
    }
}
