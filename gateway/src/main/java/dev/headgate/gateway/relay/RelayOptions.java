package dev.headgate.gateway.relay;

import dev.headgate.core.failover.FailoverPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything the relay can be told; the whole of it changes at once.
 *
 * @param plan pools, backends and routes as the core knows them
 * @param pools one for each of the plan's, with the same names and backends
 * @param maxBufferedBytes request bodies held for a further attempt, all requests together
 */
public record RelayOptions(FailoverPlan plan, List<PoolEdge> pools, long maxBufferedBytes) {
    /** The default of {@code maxBufferedBytes}. */
    public static final long MAX_BUFFERED_BYTES = 512L << 20;

    public RelayOptions {
        pools = List.copyOf(pools);
        Set<String> edges = new HashSet<>();
        pools.forEach(pool -> pool.backends().forEach(backend -> edges.add(pool.name() + '/' + backend.id())));
        plan.pools()
                .forEach(pool -> pool.backends().forEach(backend -> {
                    String key = pool.name() + '/' + backend.id().value();
                    if (!edges.contains(key)) {
                        throw new IllegalArgumentException("backend " + key + " has no address");
                    }
                }));
    }

    /** Returns the largest body that any pool takes. */
    public long maxRequestBytes() {
        return pools.stream().mapToLong(PoolEdge::maxRequestBytes).max().orElse(PoolEdge.MAX_REQUEST_BYTES);
    }
}
