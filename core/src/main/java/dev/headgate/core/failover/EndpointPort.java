package dev.headgate.core.failover;

import dev.headgate.core.pool.EndpointId;

/**
 * What the router of a pool asks of the edge besides sending. Called in the router's context; an answer to a probe may
 * come at once or later, to the pool's signals.
 */
public interface EndpointPort {
    /** For endpoints of which none can be probed. */
    EndpointPort NONE = new EndpointPort() {};

    /** Ask {@code endpoint} how many requests it has, within {@code nanos}; there is no other probe of it in flight. */
    default void probe(EndpointId endpoint, long nanos) {}

    /** Nobody waits for the answer of {@code endpoint} any longer; one that comes nonetheless is ignored. Must not call back. */
    default void cancelProbe(EndpointId endpoint) {}
}
