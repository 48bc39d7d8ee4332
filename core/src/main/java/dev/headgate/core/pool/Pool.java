package dev.headgate.core.pool;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/**
 * The owner of a set of endpoints.
 *
 * <p>{@link #apply} is confined to the owner's serial context; {@link #snapshot} is thread-safe.
 */
public final class Pool {
    private final Map<EndpointId, Endpoint> endpoints = new TreeMap<>();
    private volatile PoolSnapshot snapshot = PoolSnapshot.EMPTY;

    /** Applies one change and returns the endpoints after it. */
    public PoolSnapshot apply(PoolUpdate update) {
        if (update instanceof PoolUpdate.Added added) {
            endpoints.put(added.endpoint().id(), added.endpoint());
        } else if (update instanceof PoolUpdate.Removed removed) {
            endpoints.remove(removed.id());
        }
        snapshot = new PoolSnapshot(snapshot.version() + 1, new ArrayList<>(endpoints.values()));
        return snapshot;
    }

    /** Returns the endpoints as of the last change. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }
}
