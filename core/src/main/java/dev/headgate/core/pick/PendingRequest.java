package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;

/** A request that waits to be assigned, as a router sees it. */
public interface PendingRequest {
    /** Returns what is asked. */
    InferenceRequest request();

    /** Returns what is known about it besides. */
    RequestMetadata metadata();

    /** Returns when it arrived, on the pool's ticker. */
    long createdAtNanos();

    /** Returns which attempt this is, from 1. */
    int attempt();

    /** Returns what the parts of a composed router remember of this request. */
    RoutingContext context();
}
