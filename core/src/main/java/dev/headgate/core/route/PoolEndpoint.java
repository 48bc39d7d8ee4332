package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import java.util.Map;
import java.util.Set;

/**
 * An endpoint as the router of its pool knows it.
 *
 * @param id its name, unique in the pool
 * @param node where it runs, empty if unknown
 * @param zone where its node is, empty if unknown
 * @param models what it holds loaded
 * @param maxOngoing how many requests it takes at once; 0 = as many as the pool's settings say
 * @param weight its share relative to others, &gt; 0
 * @param labels attributes, as {@code role} or {@code variant}
 * @param cacheCapacityTokens what its key-value cache holds, 0 if unknown
 * @param canBeProbed whether it tells how many requests it has when asked
 * @param canReject whether it may reject an attempt, telling how many requests it has
 */
public record PoolEndpoint(
        EndpointId id,
        String node,
        String zone,
        Set<String> models,
        int maxOngoing,
        double weight,
        Map<String, String> labels,
        long cacheCapacityTokens,
        boolean canBeProbed,
        boolean canReject) {
    public PoolEndpoint {
        models = Set.copyOf(models);
        labels = Map.copyOf(labels);
        if (maxOngoing < 0) {
            throw new IllegalArgumentException("maxOngoing: " + maxOngoing + " (expected: >= 0)");
        }
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: > 0)");
        }
        if (cacheCapacityTokens < 0) {
            throw new IllegalArgumentException("cacheCapacityTokens: " + cacheCapacityTokens + " (expected: >= 0)");
        }
    }

    /** Returns an endpoint of weight 1 that is neither probed nor rejects; {@code maxOngoing} 0 = any number. */
    public static PoolEndpoint of(String id, int maxOngoing) {
        return new PoolEndpoint(new EndpointId(id), "", "", Set.of(), maxOngoing, 1, Map.of(), 0, false, false);
    }

    /** Returns this endpoint, on {@code newNode} in {@code newZone}. */
    public PoolEndpoint at(String newNode, String newZone) {
        return new PoolEndpoint(
                id, newNode, newZone, models, maxOngoing, weight, labels, cacheCapacityTokens, canBeProbed, canReject);
    }

    /** Returns this endpoint with {@code loaded} models. */
    public PoolEndpoint holding(Set<String> loaded) {
        return new PoolEndpoint(
                id, node, zone, loaded, maxOngoing, weight, labels, cacheCapacityTokens, canBeProbed, canReject);
    }

    /** Returns this endpoint with another weight. */
    public PoolEndpoint weighing(double newWeight) {
        return new PoolEndpoint(
                id, node, zone, models, maxOngoing, newWeight, labels, cacheCapacityTokens, canBeProbed, canReject);
    }

    /** Returns this endpoint with room for {@code tokens} in its key-value cache. */
    public PoolEndpoint caching(long tokens) {
        return new PoolEndpoint(id, node, zone, models, maxOngoing, weight, labels, tokens, canBeProbed, canReject);
    }

    /** Returns this endpoint with another number of requests at once, 0 = as many as the pool's settings say. */
    public PoolEndpoint taking(int requests) {
        return new PoolEndpoint(
                id, node, zone, models, requests, weight, labels, cacheCapacityTokens, canBeProbed, canReject);
    }

    /** Returns this endpoint, one that answers probes. */
    public PoolEndpoint probed() {
        return new PoolEndpoint(
                id, node, zone, models, maxOngoing, weight, labels, cacheCapacityTokens, true, canReject);
    }

    /** Returns this endpoint, one that may reject. */
    public PoolEndpoint rejecting() {
        return new PoolEndpoint(
                id, node, zone, models, maxOngoing, weight, labels, cacheCapacityTokens, canBeProbed, true);
    }
}
