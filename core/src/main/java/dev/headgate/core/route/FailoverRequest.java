package dev.headgate.core.route;

import dev.headgate.core.time.Deadline;

/**
 * One request as failover sees it. Headers and body stay with the edge.
 *
 * @param model the requested name; empty if the request names none
 * @param streams whether the caller asked for a stream
 * @param mayFailOver whether another backend may be tried; false for what names state on one backend
 * @param bodyBytes size of the body, ≥ 0
 * @param outputTokens tokens it may generate, all choices together, ≥ 0
 * @param priority place in the breaker's queue, higher first; never queued if negative
 * @param deadline when it must have ended
 */
public record FailoverRequest(
        String model,
        boolean streams,
        boolean mayFailOver,
        long bodyBytes,
        long outputTokens,
        int priority,
        Deadline deadline) {}
