package dev.headgate.core.failover;

import dev.headgate.core.pool.EndpointId;

/**
 * What pools of backends ask of the edge besides sending. Called under a pool's lock: quick, and does not call back; the
 * answer comes later, to the pool's policy.
 */
public interface BackendPort {
    /** For backends of which none can be probed. */
    BackendPort NONE = new BackendPort() {};

    /** Ask {@code backend} how many requests it has, within {@code nanos}; there is no other probe of it in flight. */
    default void probe(String pool, EndpointId backend, long nanos) {}

    /** Nobody waits for the answer of {@code backend} any longer; one that comes nonetheless is ignored. */
    default void cancelProbe(String pool, EndpointId backend) {}

    /** Returns the part of this port that concerns {@code pool}. */
    default EndpointPort of(String pool) {
        BackendPort all = this;
        return new EndpointPort() {
            @Override
            public void probe(EndpointId endpoint, long nanos) {
                all.probe(pool, endpoint, nanos);
            }

            @Override
            public void cancelProbe(EndpointId endpoint) {
                all.cancelProbe(pool, endpoint);
            }
        };
    }
}
