package dev.headgate.core.guard;

import org.jspecify.annotations.Nullable;

/**
 * Envoy's circuit breaker of a pool (gateway.md §13).
 *
 * @param maxConnections open connections, ≥ 0
 * @param maxPendingRequests requests without a connection, ≥ 0
 * @param maxParallelRequests requests on a connection, ≥ 0
 * @param maxParallelRetries attempts beyond the first in flight, ≥ 0
 * @param maxRequestsPerConnection requests a connection serves before it is closed; 0 = no limit
 * @param pendingCounts what pending is
 * @param perEndpoint limits of each endpoint; null = none
 * @param retryBudget replaces {@code maxParallelRetries}; null = does not
 * @param body what a refused caller reads
 */
public record BreakerSettings(
        int maxConnections,
        int maxPendingRequests,
        int maxParallelRequests,
        int maxParallelRetries,
        int maxRequestsPerConnection,
        PendingCounts pendingCounts,
        @Nullable PerEndpoint perEndpoint,
        @Nullable RetryConcurrency retryBudget,
        Body body) {
    /** The values of gateway.md §13. */
    public static final BreakerSettings DEFAULTS =
            new BreakerSettings(1024, 1024, 1024, 1024, 0, PendingCounts.WAITING, null, null, Body.ENVOY);

    /** What a pending request is. */
    public enum PendingCounts {
        /** One that may not open a connection. */
        WAITING,
        /** One without a ready connection, from the start: Envoy's code. */
        CONNECTING
    }

    /** What a refused caller reads. */
    public enum Body {
        /** Envoy's plain text. */
        ENVOY,
        /** OpenAI's error object. */
        OPENAI
    }

    /**
     * Limits of each endpoint.
     *
     * @param maxConnections open connections, ≥ 0
     * @param maxParallelRequests requests on a connection, ≥ 0
     * @param maxPendingRequests requests without a connection, ≥ 0
     */
    public record PerEndpoint(int maxConnections, int maxParallelRequests, int maxPendingRequests) {}

    /**
     * Retries as a share of what is active.
     *
     * @param percent 0–100
     * @param minRetryConcurrency always allowed, ≥ 0
     */
    public record RetryConcurrency(double percent, int minRetryConcurrency) {
        /** The values of gateway.md §13. */
        public static final RetryConcurrency DEFAULTS = new RetryConcurrency(20, 3);
    }
}
