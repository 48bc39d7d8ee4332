package dev.headgate.core.signal;

/**
 * The sum of what came of late: each amount counts half after every half-life. Times are a ticker's nanoseconds and do not
 * decrease. Not thread-safe.
 */
public final class RecentSum {
    private final double halfLifeNanos;
    private double sum;
    private long atNanos; // as of when the sum is

    /** Creates an empty one; {@code halfLifeNanos} > 0. */
    public RecentSum(long halfLifeNanos) {
        this.halfLifeNanos = halfLifeNanos;
    }

    /** Adds {@code amount}. */
    public void add(double amount, long nowNanos) {
        sum = at(nowNanos) + amount;
        atNanos = nowNanos;
    }

    /** Returns the sum as of {@code nowNanos}. */
    public double at(long nowNanos) {
        return sum == 0 ? 0 : sum * Math.pow(0.5, (nowNanos - atNanos) / halfLifeNanos);
    }
}
