package dev.headgate.core.pool;

/**
 * What a backend may be asked at most; 0 = no limit.
 *
 * @param requestsPerMinute requests per minute, per upstream model
 * @param tokensPerMinute tokens per minute, per upstream model
 * @param maxConcurrent attempts in flight
 * @param contextTokens the largest request it takes, in estimated tokens
 */
public record BackendLimits(long requestsPerMinute, long tokensPerMinute, int maxConcurrent, long contextTokens) {
    /** No limits. */
    public static final BackendLimits NONE = new BackendLimits(0, 0, 0, 0);

    public BackendLimits {
        if (requestsPerMinute < 0 || tokensPerMinute < 0 || maxConcurrent < 0 || contextTokens < 0) {
            throw new IllegalArgumentException("limits: " + requestsPerMinute + ", " + tokensPerMinute + ", "
                    + maxConcurrent + ", " + contextTokens + " (expected: each >= 0)");
        }
    }
}
