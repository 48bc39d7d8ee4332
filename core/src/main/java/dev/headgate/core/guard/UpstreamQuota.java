package dev.headgate.core.guard;

import dev.headgate.core.request.HeaderFields;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an upstream says is left of its own limits, for one backend and upstream model (early spill, gateway.md §11).
 *
 * <p>Thread-safe; the request path is lock-free. What an answer says stands until its reset, or until another answer says
 * something; what has begun since is subtracted. Negative values and what is no number are unknown, and unknown is not
 * spent.
 */
public final class UpstreamQuota {
    private static final long MILLI_NANOS = 1_000_000;

    private final Remaining requests = new Remaining();
    private final Remaining tokens = new Remaining();
    private long heardStamp = Long.MIN_VALUE;

    /** Returns an instance that knows nothing: not nearly spent. */
    public UpstreamQuota() {}

    /** Reads {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}} of an answer, 2xx or 429. */
    public void answered(HeaderFields headers, long nowNanos) {
        String left = headers.first("x-ratelimit-remaining-requests");
        if (left != null) {
            // Their limit is not needed: a request is spent or it is not.
            long millis = QuotaReport.millis(headers.first("x-ratelimit-reset-requests"));
            requests.learn(QuotaReport.count(left), QuotaReport.UNKNOWN, millis, nowNanos);
        }
        left = headers.first("x-ratelimit-remaining-tokens");
        if (left != null) {
            long limit = QuotaReport.count(headers.first("x-ratelimit-limit-tokens"));
            long millis = QuotaReport.millis(headers.first("x-ratelimit-reset-tokens"));
            tokens.learn(QuotaReport.count(left), limit, millis, nowNanos);
        }
    }

    /**
     * Another process was told this. Of several reports the one with the greatest stamp stands, in whichever order and
     * however often they come.
     *
     * @param stamp when it was made, by a clock that all who report share
     */
    public synchronized void hear(QuotaReport report, long stamp, long nowNanos) {
        if (stamp <= heardStamp) {
            return;
        }
        heardStamp = stamp;
        if (report.requestsLeft() != QuotaReport.UNKNOWN) {
            requests.learn(report.requestsLeft(), QuotaReport.UNKNOWN, report.requestsResetMillis(), nowNanos);
        }
        if (report.tokensLeft() != QuotaReport.UNKNOWN) {
            tokens.learn(report.tokensLeft(), report.tokensLimit(), report.tokensResetMillis(), nowNanos);
        }
    }

    /** Counts an attempt of {@code tokenCost} that begins. */
    public void begun(long tokenCost) {
        requests.take(1);
        tokens.take(tokenCost);
    }

    /** Takes back an attempt of {@code tokenCost} that was begun but not sent. */
    public void takenBack(long tokenCost) {
        requests.giveBack(1);
        tokens.giveBack(tokenCost);
    }

    /**
     * Returns whether a request of {@code tokenCost} should rather go elsewhere.
     *
     * @param share the share of the upstream's token limit to use before spilling, in (0, 1]
     */
    public boolean isNearlySpent(long tokenCost, double share, long nowNanos) {
        if (requests.isValid(nowNanos) && requests.left.get() < 1) {
            return true;
        }
        if (!tokens.isValid(nowNanos)) {
            return false;
        }
        long limit = tokens.limit;
        double reserve = limit < 0 ? 0 : limit - share * limit;
        return tokens.left.get() - tokenCost < reserve;
    }

    /**
     * What the last answer said of one limit, less what has begun since. Allocates nothing; where two answers come at the
     * same moment, parts of both may stand, which are as good as either.
     */
    private static final class Remaining {
        private final AtomicLong left = new AtomicLong();
        private volatile long amount;
        private volatile long limit = QuotaReport.UNKNOWN;
        private volatile long untilNanos;
        private volatile boolean isKnown;

        void learn(long told, long toldLimit, long validMillis, long nowNanos) {
            if (told == QuotaReport.UNKNOWN) {
                isKnown = false;
                return;
            }
            limit = toldLimit;
            untilNanos = nowNanos + validMillis * MILLI_NANOS;
            amount = told;
            left.set(told);
            isKnown = true;
        }

        void take(long cost) {
            if (isKnown) {
                left.addAndGet(-cost);
            }
        }

        /** Another answer may have come in the meantime, from which it was not subtracted. */
        void giveBack(long cost) {
            long current = left.get();
            while (isKnown) {
                long witness = left.compareAndExchange(current, Math.min(amount, current + cost));
                if (witness == current) {
                    return;
                }
                current = witness;
            }
        }

        boolean isValid(long nowNanos) {
            return isKnown && untilNanos - nowNanos > 0;
        }
    }
}
