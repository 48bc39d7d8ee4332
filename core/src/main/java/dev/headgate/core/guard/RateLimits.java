package dev.headgate.core.guard;

import dev.headgate.core.pool.BackendLimits;
import org.jspecify.annotations.Nullable;

/**
 * The limits per minute of one backend and upstream model: requests and tokens, both or neither.
 *
 * <p>Thread-safe and lock-free. {@link #NONE} costs nothing.
 */
public final class RateLimits {
    /** No limits. */
    public static final RateLimits NONE = new RateLimits(null, null);

    private final @Nullable Bucket requests;
    private final @Nullable Bucket tokens;

    /** Returns the limits that {@code limits} sets, with full room; {@link #NONE} if it sets none. */
    public static RateLimits of(BackendLimits limits, long nowNanos) {
        if (limits.requestsPerMinute() == 0 && limits.tokensPerMinute() == 0) {
            return NONE;
        }
        return new RateLimits(
                limits.requestsPerMinute() == 0 ? null : TokenBucket.ofRequests(limits.requestsPerMinute(), nowNanos),
                limits.tokensPerMinute() == 0 ? null : TokenBucket.ofTokens(limits.tokensPerMinute(), nowNanos));
    }

    /** Returns limits that a fleet keeps together; null = no limit of that kind. */
    public static RateLimits leased(@Nullable LeasedBucket requests, @Nullable LeasedBucket tokens) {
        return requests == null && tokens == null ? NONE : new RateLimits(requests, tokens);
    }

    private RateLimits(@Nullable Bucket requests, @Nullable Bucket tokens) {
        this.requests = requests;
        this.tokens = tokens;
    }

    /**
     * Returns the nanoseconds until a request of {@code tokenCost} would be admitted: zero if it would be now. One that
     * costs more than a minute's tokens is admitted when none of them is taken.
     */
    public long waitNanos(long tokenCost, long nowNanos) {
        long wait = requests == null ? 0 : requests.waitNanos(1, nowNanos);
        return tokens == null ? wait : Math.max(wait, tokens.waitNanos(tokens.charged(tokenCost), nowNanos));
    }

    /** Takes one request and {@code tokenCost} tokens, or nothing and returns null if there is no room for both. */
    public @Nullable Reservation tryReserve(long tokenCost, long nowNanos) {
        long requestStamp = 0;
        if (requests != null) {
            requestStamp = requests.tryReserve(1, nowNanos);
            if (requestStamp == TokenBucket.REFUSED) {
                return null;
            }
        }
        long tokenStamp = 0;
        long charged = 0;
        if (tokens != null) {
            charged = tokens.charged(tokenCost);
            tokenStamp = tokens.tryReserve(charged, nowNanos);
            if (tokenStamp == TokenBucket.REFUSED) {
                if (requests != null) {
                    requests.correct(requestStamp, 1, 0, nowNanos);
                }
                return null;
            }
        }
        return this == NONE ? Reservation.NONE : new Reservation(this, requestStamp, tokenStamp, charged);
    }

    /** What one attempt took; ended at most once, by {@link #settle} or {@link #refund}. Confined to the attempt. */
    public static final class Reservation {
        private static final Reservation NONE = new Reservation(RateLimits.NONE, 0, 0, 0);

        private final RateLimits limits;
        private final long requestStamp;
        private final long tokenStamp;
        private final long tokenCost;

        private Reservation(RateLimits limits, long requestStamp, long tokenStamp, long tokenCost) {
            this.limits = limits;
            this.requestStamp = requestStamp;
            this.tokenStamp = tokenStamp;
            this.tokenCost = tokenCost;
        }

        /** Replaces the estimate by the tokens that the upstream reported; not called if it reported none. */
        public void settle(long usedTokens, long nowNanos) {
            if (limits.tokens != null) {
                limits.tokens.correct(tokenStamp, tokenCost, usedTokens, nowNanos);
            }
        }

        /** Gives everything back, as the upstream did not process the request. */
        public void refund(long nowNanos) {
            if (limits.requests != null) {
                limits.requests.correct(requestStamp, 1, 0, nowNanos);
            }
            settle(0, nowNanos);
        }
    }
}
