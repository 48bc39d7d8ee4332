package dev.headgate.core.pool;

/** Endpoints by index, from 0. */
public interface EndpointIds {
    /** Returns how many there are, ≥ 0. */
    int size();

    /** Returns the name of endpoint {@code index}. */
    EndpointId id(int index);
}
