package dev.headgate.core.guard;

import dev.headgate.core.pool.Endpoint;
import dev.headgate.core.signal.EndpointLoad;

/**
 * One endpoint of a pool with what protects it: may it be used at this moment?
 *
 * <p>Thread-safe. {@link #tryEnter} never lets more than {@link Endpoint#maxInFlight()} requests in at once.
 */
public final class EndpointGuard {
    private final Endpoint endpoint;
    private final EndpointLoad load;

    /** Returns a guard for {@code endpoint} without requests in flight. */
    public EndpointGuard(Endpoint endpoint) {
        this(endpoint, new EndpointLoad());
    }

    private EndpointGuard(Endpoint endpoint, EndpointLoad load) {
        this.endpoint = endpoint;
        this.load = load;
    }

    /** Returns a guard for {@code changed}, the same endpoint with other properties, that shares what is in flight. */
    public EndpointGuard changedTo(Endpoint changed) {
        return changed.equals(endpoint) ? this : new EndpointGuard(changed, load);
    }

    /** Returns the endpoint. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Takes a slot if there is one; each success is followed by exactly one {@link #leave}. */
    public boolean tryEnter() {
        return load.tryStart(endpoint.maxInFlight());
    }

    /** Gives a slot back. */
    public void leave() {
        load.finish();
    }

    /** Returns whether a slot is free at this moment. */
    public boolean hasRoom() {
        return load.inFlight() < endpoint.maxInFlight();
    }

    /** Returns the requests in flight. */
    public int inFlight() {
        return load.inFlight();
    }
}
