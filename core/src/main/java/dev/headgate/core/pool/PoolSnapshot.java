package dev.headgate.core.pool;

import java.util.List;

/**
 * The endpoints of a pool at one moment, ordered by id.
 *
 * @param version counts the changes of the pool
 * @param endpoints the endpoints
 */
public record PoolSnapshot(long version, List<Endpoint> endpoints) {
    /** A pool without endpoints. */
    public static final PoolSnapshot EMPTY = new PoolSnapshot(0, List.of());

    public PoolSnapshot {
        endpoints = List.copyOf(endpoints);
    }
}
