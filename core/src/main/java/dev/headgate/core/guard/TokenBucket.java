package dev.headgate.core.guard;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit per minute with a burst: the generic cell rate algorithm of gateway.md §11, in one number.
 *
 * <p>Thread-safe and lock-free; allocates nothing. Each unit takes T = 60 s ÷ limit to drain. The bucket knows the time at
 * which everything admitted will have drained; a cost is admitted if that time, moved on by cost × T, is no further away
 * than burst × T.
 *
 * <p>Giving back moves that time to the front, but only by what has not drained yet: a stamp tells when the reservation
 * would drain, and whatever was given back since may have brought that forward. So in any span of time what was admitted
 * and kept is at most burst + span ÷ T, whatever is given back when.
 */
public final class TokenBucket implements Bucket {
    /** What {@link #tryReserve} returns when there is no room. */
    public static final long REFUSED = Long.MIN_VALUE;

    private static final long MINUTE_NANOS = 60_000_000_000L;

    /** An upstream that reports nonsense must not lock its bucket for longer. */
    private static final long MAX_DEBT_NANOS = 60 * MINUTE_NANOS;

    /** A cost beyond any burst, that still can be added to a time. */
    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;

    /**
     * Where T is no whole number of nanoseconds, costs are rounded up, so the burst has room for this many roundings: below
     * 60 million a minute that is less than one unit.
     */
    private static final long MOST_ROUNDINGS = 1_000;

    private final long perMinute;
    private final long burst;
    private final long unitNanos; // T, or 0 if it is no whole number
    private final long burstNanos;
    private final AtomicLong drainedAt;
    private final AtomicLong givenBack = new AtomicLong();

    /** Returns a bucket for {@code perMinute} > 0 requests, of which a sixth may come at once (at least one). */
    public static TokenBucket ofRequests(long perMinute, long nowNanos) {
        requirePositive(perMinute);
        // Single units leave nothing to round but T itself.
        long unitNanos = Math.max(1, (MINUTE_NANOS + perMinute - 1) / perMinute);
        long burst = perMinute / 6 + (perMinute % 6 == 0 ? 0 : 1);
        return new TokenBucket(perMinute, unitNanos, burst, nowNanos);
    }

    /** Returns a bucket for {@code perMinute} > 0 tokens, all of which may come at once. */
    public static TokenBucket ofTokens(long perMinute, long nowNanos) {
        requirePositive(perMinute);
        long unitNanos = MINUTE_NANOS % perMinute == 0 ? MINUTE_NANOS / perMinute : 0;
        return new TokenBucket(perMinute, unitNanos, perMinute, nowNanos);
    }

    private TokenBucket(long perMinute, long unitNanos, long burst, long nowNanos) {
        this.perMinute = perMinute;
        this.unitNanos = unitNanos;
        this.burst = burst;
        burstNanos = unitNanos > 0 ? burst * unitNanos : MINUTE_NANOS + Math.min(burst, MOST_ROUNDINGS);
        drainedAt = new AtomicLong(nowNanos);
    }

    /**
     * Returns what is charged for {@code cost}: it, or the whole burst if that is less. Who needs more than ever fits goes
     * when there is nothing before it, instead of never; what it used more is a debt.
     */
    @Override
    public long charged(long cost) {
        return Math.min(cost, burst);
    }

    /** Returns the nanoseconds until {@code cost} would be admitted: zero if it would be now. */
    @Override
    public long waitNanos(long cost, long nowNanos) {
        long undrained = Math.max(0, drainedAt.get() - nowNanos);
        return Math.max(0, undrained + drainNanos(cost) - burstNanos);
    }

    /** Takes {@code cost} ≥ 0 if there is room. Returns a stamp for {@link #correct}, or {@link #REFUSED}. */
    @Override
    public long tryReserve(long cost, long nowNanos) {
        long costNanos = drainNanos(cost);
        long before = givenBack.get();
        long current = drainedAt.get();
        while (true) {
            long next = (current - nowNanos > 0 ? current : nowNanos) + costNanos;
            if (next - nowNanos > burstNanos) {
                return REFUSED;
            }
            long witness = drainedAt.compareAndExchange(current, next);
            if (witness == current) {
                return next + before;
            }
            current = witness;
        }
    }

    /**
     * Replaces what was reserved by what was used: 0 is a full refund, more than was reserved is a debt.
     *
     * @param stamp what {@link #tryReserve} returned
     */
    @Override
    public void correct(long stamp, long reserved, long used, long nowNanos) {
        if (used > reserved) {
            owe(drainNanos(used - reserved), nowNanos);
        } else {
            giveBack(stamp, drainNanos(reserved) - drainNanos(used), nowNanos);
        }
    }

    private void owe(long debtNanos, long nowNanos) {
        long current = drainedAt.get();
        while (true) {
            long undrained = Math.max(0, current - nowNanos);
            long next = nowNanos + Math.max(undrained, Math.min(undrained + debtNanos, MAX_DEBT_NANOS));
            long witness = drainedAt.compareAndExchange(current, next);
            if (witness == current) {
                return;
            }
            current = witness;
        }
    }

    private void giveBack(long stamp, long creditNanos, long nowNanos) {
        long before = givenBack.get();
        while (true) {
            long credit = Math.min(creditNanos, stamp - before - nowNanos);
            if (credit <= 0) {
                return;
            }
            long witness = givenBack.compareAndExchange(before, before + credit);
            if (witness == before) {
                drainedAt.addAndGet(-credit);
                return;
            }
            before = witness;
        }
    }

    private static void requirePositive(long perMinute) {
        if (perMinute <= 0) {
            throw new IllegalArgumentException("perMinute: " + perMinute + " (expected: > 0)");
        }
    }

    /** Returns cost × T, rounded up. */
    private long drainNanos(long cost) {
        long unit = unitNanos > 0 ? unitNanos : MINUTE_NANOS;
        if (cost > NEVER_NANOS / unit) {
            return unitNanos > 0 ? NEVER_NANOS : (long) Math.min(NEVER_NANOS, Math.ceil(1.0 * cost * unit / perMinute));
        }
        return unitNanos > 0 ? cost * unit : (cost * unit + perMinute - 1) / perMinute;
    }
}
