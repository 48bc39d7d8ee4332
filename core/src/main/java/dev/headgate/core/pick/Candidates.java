package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;

/** The endpoints that a picker chooses from, by index; the set does not change during a call. */
public interface Candidates {
    /** Returns how many there are. */
    int size();

    /** Returns the name of endpoint {@code index}. */
    EndpointId id(int index);

    /** Returns whether endpoint {@code index} serves the model and has a free slot. */
    boolean available(int index);

    /** Returns the requests that endpoint {@code index} works on. */
    int inFlight(int index);
}
