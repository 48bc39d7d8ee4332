package dev.headgate.gateway.relay;

import dev.headgate.core.request.RequestTarget;

/**
 * A request that is over, as logs and metrics see it.
 *
 * @param id its name
 * @param method of the request
 * @param target path and query
 * @param status the caller's; 499 if it went away before an answer
 * @param backend who answered, empty if we did
 * @param attempts how many were begun
 * @param elapsedNanos from the last byte of the request to the last of the answer
 * @param overloaded whether the circuit breaker refused it
 */
record RelayedRequest(
        String id,
        String method,
        RequestTarget target,
        int status,
        String backend,
        int attempts,
        long elapsedNanos,
        boolean overloaded) {

    /** Returns the line of the access log. */
    String line() {
        return "request id=" + id + " method=" + method + " target=" + target.redacted() + " status=" + status
                + " backend=" + (backend.isEmpty() ? "-" : backend) + " attempts=" + attempts + " ms="
                + elapsedNanos / 1_000_000 + " flags=" + (overloaded ? "UO" : "-");
    }
}
