package dev.headgate.core.failover;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.Place;
import java.util.List;

/** Picks the backends of a pool, and lets requests wait for one. Goes on over reloads. Thread-safe. */
public interface PoolPolicy {
    /**
     * Goes on with other backends and settings; those that stay keep their counters.
     *
     * @throws IllegalArgumentException if what it is to be does not start; then nothing has changed
     */
    void changed(List<Backend> backends, PolicySettings next, Place self);

    /** Returns the question who may serve a request; it is not asked yet. */
    PolicyQuestion open(BackendView view);

    /** Runs what is due. */
    void advance();

    /** Returns what the admin API tells. */
    PolicyStatus status();
}
