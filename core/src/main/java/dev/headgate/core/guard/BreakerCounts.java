package dev.headgate.core.guard;

/**
 * A {@link CircuitBreaker} at one moment, under Envoy's names.
 *
 * @param upstreamCxActive open connections, those being opened included
 * @param upstreamRqPendingActive requests without a connection
 * @param upstreamRqActive requests on a connection
 * @param upstreamRqRetryActive attempts after the first
 * @param upstreamCxOverflow times a connection could not be opened
 * @param upstreamRqPendingOverflow requests refused
 * @param upstreamRqRetryOverflow attempts after the first that were not made
 * @param remainingCx connections that may be opened, ≥ 0
 * @param remainingPending requests that may wait, ≥ 0
 * @param remainingRq requests that may run, ≥ 0
 * @param remainingRetries attempts after the first that may be made, ≥ 0
 */
public record BreakerCounts(
        int upstreamCxActive,
        int upstreamRqPendingActive,
        int upstreamRqActive,
        int upstreamRqRetryActive,
        long upstreamCxOverflow,
        long upstreamRqPendingOverflow,
        long upstreamRqRetryOverflow,
        int remainingCx,
        int remainingPending,
        int remainingRq,
        int remainingRetries) {
    /** Returns gauge {@code cx_open}: 1 while no connection may be opened, else 0. */
    public int cxOpen() {
        return remainingCx == 0 ? 1 : 0;
    }

    /** Returns gauge {@code rq_pending_open}: 1 while no request may wait, else 0. */
    public int rqPendingOpen() {
        return remainingPending == 0 ? 1 : 0;
    }

    /** Returns gauge {@code rq_open}: 1 while no request may run, else 0. */
    public int rqOpen() {
        return remainingRq == 0 ? 1 : 0;
    }

    /** Returns gauge {@code rq_retry_open}: 1 while no further attempt may be made, else 0. */
    public int rqRetryOpen() {
        return remainingRetries == 0 ? 1 : 0;
    }
}
