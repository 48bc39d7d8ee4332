package dev.headgate.core.admit;

import java.time.Duration;
import java.util.Map;

/**
 * How requests wait for a saturated pool (routing.md §9). All defaults are here.
 *
 * @param detector what tells that the pool is saturated
 * @param staleIsSaturated whether an endpoint whose signals are too old counts as saturated
 * @param maxRequests how many may wait in one band, ≥ 0
 * @param maxBytes payload bytes that may wait in one band, ≥ 0
 * @param ceilings up to which saturation each band is served
 * @param fairness which tenant of a band is served next
 * @param order which request of a tenant is served next
 * @param weights tenants' shares, 0.001 to 1000; one that is not named weighs 1
 * @param ttl how long a request waits at most
 * @param noEndpointTtl how long it waits at most while the pool has no endpoint
 * @param earlyReject whether a request ends as soon as its deadline comes before the best predicted first token
 * @param targets when tokens are wanted
 * @param binding when a request is bound to its endpoint
 */
public record FlowSettings(
        Detector detector,
        boolean staleIsSaturated,
        int maxRequests,
        long maxBytes,
        Ceilings ceilings,
        Fairness fairness,
        Order order,
        Map<String, Double> weights,
        Duration ttl,
        Duration noEndpointTtl,
        boolean earlyReject,
        FlowTargets targets,
        FlowBinding binding) {
    /** The least weight of a tenant, so that rounds of drr come to an end soon. */
    public static final double LEAST_WEIGHT = 0.001;

    /** The most weight of a tenant. */
    public static final double MOST_WEIGHT = 1000;

    /** The settings of {@code flow: {}}. */
    public static final FlowSettings DEFAULTS = new FlowSettings(
            Detector.UTILIZATION,
            false,
            5_000,
            1L << 30,
            Ceilings.STATIC,
            Fairness.VTC,
            Order.FCFS,
            Map.of(),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            true,
            FlowTargets.DEFAULTS,
            FlowBinding.EARLY);

    public FlowSettings {
        weights = Map.copyOf(weights);
        weights.forEach((tenant, weight) -> {
            if (!(weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) {
                throw new IllegalArgumentException("weights." + tenant + ": " + weight + " (expected: 0.001 to 1000)");
            }
        });
        if (maxRequests < 0 || maxBytes < 0) {
            throw new IllegalArgumentException(
                    "flow limits: " + maxRequests + ", " + maxBytes + " (expected: each >= 0)");
        }
        if (ttl.isNegative() || ttl.isZero() || noEndpointTtl.isNegative() || noEndpointTtl.isZero()) {
            throw new IllegalArgumentException("ttl: " + ttl + ", " + noEndpointTtl + " (expected: each > 0)");
        }
    }

    /** Returns these settings with another detector. */
    public FlowSettings withDetector(Detector other) {
        return new FlowSettings(
                other,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings with other limits of a band. */
    public FlowSettings withLimits(int requests, long bytes) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                requests,
                bytes,
                ceilings,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings with another rule for who is served, by the given weights. */
    public FlowSettings withFairness(Fairness other, Map<String, Double> newWeights) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                other,
                order,
                newWeights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings with other ceilings. */
    public FlowSettings withCeilings(Ceilings other) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                other,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings with another order within a tenant. */
    public FlowSettings withOrder(Order other) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                other,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings with other longest waits. */
    public FlowSettings withTtl(Duration other, Duration withoutEndpoint) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                order,
                weights,
                other,
                withoutEndpoint,
                earlyReject,
                targets,
                binding);
    }

    /** Returns these settings under which a request waits although it will be late. */
    public FlowSettings withoutEarlyReject() {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                false,
                targets,
                binding);
    }

    /** Returns these settings with other targets. */
    public FlowSettings withTargets(FlowTargets other) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                other,
                binding);
    }

    /** Returns these settings with another binding. */
    public FlowSettings withBinding(FlowBinding other) {
        return new FlowSettings(
                detector,
                staleIsSaturated,
                maxRequests,
                maxBytes,
                ceilings,
                fairness,
                order,
                weights,
                ttl,
                noEndpointTtl,
                earlyReject,
                targets,
                other);
    }

    /** What tells that a pool is saturated. */
    public enum Detector {
        /** Queue and cache as reported, or the router's own counters where that is unknown or old. */
        UTILIZATION,
        /** Requests in flight. */
        CONCURRENCY,
        /** Tokens in flight. */
        TOKENS,
        /** The best predicted time to the first token. */
        PREDICTED
    }

    /** Up to which saturation a band is served. */
    public enum Ceilings {
        /** Each up to 1. */
        STATIC,
        /** The highest up to 1, the lowest up to a half, the others evenly between. */
        HOLDBACK,
        /** The lower, the less the more saturated the pool is. */
        REFLECTIVE
    }

    /** Which tenant of a band is served next. */
    public enum Fairness {
        /** The one with the fewest tokens served ÷ weight. */
        VTC,
        /** Each in turn, as many tokens per round as its weight allows. */
        DRR,
        /** Each in turn, one request. */
        ROUND_ROBIN,
        /** The one that had the least of late, with some regard to how long it waits. */
        LAS,
        /** Tenants do not matter. */
        NONE
    }

    /** Which request of a tenant is served next. */
    public enum Order {
        /** The one that was created first. */
        FCFS,
        /** The one whose deadline comes first; those without come last. */
        EDF,
        /** The one whose first token is due first. */
        SLO
    }
}
