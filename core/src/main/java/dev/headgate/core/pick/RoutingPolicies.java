package dev.headgate.core.pick;

import dev.headgate.core.request.NearNames;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The routing policies by name, routing.md §6. Immutable. */
public final class RoutingPolicies {
    /** What a pool gets that asks for nothing else. */
    public static final String DEFAULT = "marginal-cost";

    private static final String GIE = "queue:2+kv:2+prefix:3";
    private static final RoutingPolicies BUILT_IN = new RoutingPolicies(Map.of())
            .with(DEFAULT, MarginalCostRouter.PARAMETERS, MarginalCostRouter::new)
            .with("random", PolicyParameters.none(), RandomRouter::new)
            .with("round-robin", PolicyParameters.none(), RoundRobinRouter::new)
            .with("least-request", PolicyParameters.none(), LeastRequestRouter::new)
            .with("p2c", PolicyParameters.none(), TwoChoicesRouter::new)
            .with("peak-ewma", PeakEwmaRouter.PARAMETERS, PeakEwmaRouter::new)
            .with("consistent-hash", ConsistentHashRouter.PARAMETERS, ConsistentHashRouter::new)
            .with("prefix-affinity", PrefixAffinityRouter.PARAMETERS, PrefixAffinityRouter::new)
            .with("sglang-cache-aware", CacheAwareRouter.PARAMETERS, CacheAwareRouter::new)
            .withWeighted("gie", "", GIE)
            .withWeighted("llm-d", "", GIE)
            .withWeighted("llm-d-optimized-baseline", "", GIE + "+no-hit-lru:2")
            .withWeighted("llm-d-affinity", "llm-d-affinity", GIE)
            .with("lmetric", PolicyParameters.none(), LMetricRouter::new)
            .with("lpwl", PolicyParameters.none(), LeastWorkRouter::new)
            .withWeighted("weighted", "", "");

    private final Map<String, Policy> policies;

    private RoutingPolicies(Map<String, Policy> policies) {
        this.policies = Collections.unmodifiableMap(policies);
    }

    /** Returns those that Headgate offers. */
    public static RoutingPolicies builtIn() {
        return BUILT_IN;
    }

    /** Returns these and one more, or with another in the place of the one called {@code name}. */
    public RoutingPolicies with(String name, PolicyParameters parameters, Supplier<RequestRouter> factory) {
        Map<String, Policy> more = new LinkedHashMap<>(policies);
        more.put(name, new Policy(parameters, factory));
        return new RoutingPolicies(more);
    }

    /** Returns what they are called, the default first. */
    public Set<String> names() {
        return policies.keySet();
    }

    /**
     * Returns the parameters that the policy called {@code name} takes.
     *
     * @throws IllegalArgumentException if there is none, naming the nearest
     */
    public PolicyParameters parameters(String name) {
        return policy(name).parameters;
    }

    /**
     * Returns a new instance of the policy called {@code name}, not started; {@link RequestRouter#start} refuses parameters
     * that it does not take.
     *
     * @throws IllegalArgumentException if there is none, naming the nearest
     */
    public RequestRouter create(String name) {
        return policy(name).factory.get();
    }

    private RoutingPolicies withWeighted(String name, String filters, String scorers) {
        return with(name, WeightedRouter.parameters(filters, scorers), () -> new WeightedRouter(filters, scorers));
    }

    private Policy policy(String name) {
        Policy policy = policies.get(name);
        if (policy == null) {
            throw new IllegalArgumentException(unknown("policy", name, policies.keySet()));
        }
        return policy;
    }

    /** Returns the sentence for a name that nobody knows. */
    static String unknown(String kind, String asked, Collection<String> known) {
        List<String> near = NearNames.of(asked, known, 1);
        return kind + ": " + asked + " is unknown" + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?")
                + " (expected: one of " + String.join(", ", known) + ")";
    }

    private static final class Policy {
        private final PolicyParameters parameters;
        private final Supplier<RequestRouter> factory;

        Policy(PolicyParameters parameters, Supplier<RequestRouter> factory) {
            this.parameters = parameters;
            this.factory = factory;
        }
    }
}
