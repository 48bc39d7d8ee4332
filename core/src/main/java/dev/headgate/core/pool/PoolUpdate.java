package dev.headgate.core.pool;

/** One change of a pool's endpoints. */
public sealed interface PoolUpdate {
    /**
     * An endpoint joined, or replaces the one with its id.
     *
     * @param endpoint the newcomer
     */
    record Added(Endpoint endpoint) implements PoolUpdate {}

    /**
     * An endpoint left; unknown ids are ignored.
     *
     * @param id its name
     */
    record Removed(EndpointId id) implements PoolUpdate {}
}
