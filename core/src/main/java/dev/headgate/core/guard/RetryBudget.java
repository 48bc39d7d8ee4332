package dev.headgate.core.guard;

import dev.headgate.core.signal.SlidingWindow;

/**
 * How many attempts beyond the first may be made: over a sliding window at most max(minimum, percent × requests).
 *
 * <p>Thread-safe and lock-free. Serves retries and hedges; see gateway.md §3 and §15.
 */
public final class RetryBudget {
    private final RetryBudgetSettings settings;
    private final SlidingWindow requests;
    private final SlidingWindow charges;

    /** Returns a budget of which nothing is spent. */
    public RetryBudget(RetryBudgetSettings settings, long nowNanos) {
        this.settings = settings;
        requests = new SlidingWindow(settings.window(), nowNanos);
        charges = new SlidingWindow(settings.window(), nowNanos);
    }

    /** Counts a request, once, when it arrives. */
    public void requested(long nowNanos) {
        requests.add(nowNanos);
    }

    /** Charges one attempt beyond the first; returns false, charging nothing, if the budget is spent. */
    public boolean tryCharge(long nowNanos) {
        return charges.tryAdd(allowed(nowNanos), nowNanos);
    }

    /** Returns whether {@link #tryCharge} would succeed at this moment. */
    public boolean hasRoom(long nowNanos) {
        return charges.count(nowNanos) < allowed(nowNanos);
    }

    private long allowed(long nowNanos) {
        return Math.max(
                settings.minPerWindow(), (long) Math.floor(settings.percent() * requests.count(nowNanos) / 100));
    }
}
