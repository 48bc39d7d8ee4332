package dev.headgate.core.failover;

import dev.headgate.core.request.Prompt;
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
 * @param createdAtNanos when it came, on the router's ticker
 * @param tenant who asks, empty if unknown
 * @param session the conversation that it belongs to, empty if unknown
 * @param prompt what its engine reads first, as far as the pool's policy looks at it
 * @param explains whether the choice of a policy is to be explained
 */
public record FailoverRequest(
        String model,
        boolean streams,
        boolean mayFailOver,
        long bodyBytes,
        long outputTokens,
        int priority,
        Deadline deadline,
        long createdAtNanos,
        String tenant,
        String session,
        Prompt prompt,
        boolean explains) {
    /** A request of which policies know nothing else. */
    public FailoverRequest(
            String model,
            boolean streams,
            boolean mayFailOver,
            long bodyBytes,
            long outputTokens,
            int priority,
            Deadline deadline) {
        this(model, streams, mayFailOver, bodyBytes, outputTokens, priority, deadline, 0, "", "", Prompt.NONE, false);
    }

    /** Returns this request, which came at {@code nanos}. */
    public FailoverRequest createdAt(long nanos) {
        return new FailoverRequest(
                model,
                streams,
                mayFailOver,
                bodyBytes,
                outputTokens,
                priority,
                deadline,
                nanos,
                tenant,
                session,
                prompt,
                explains);
    }

    /** Returns this request with what policies look at. */
    public FailoverRequest from(String otherTenant, String otherSession, Prompt otherPrompt) {
        return new FailoverRequest(
                model,
                streams,
                mayFailOver,
                bodyBytes,
                outputTokens,
                priority,
                deadline,
                createdAtNanos,
                otherTenant,
                otherSession,
                otherPrompt,
                explains);
    }
}
