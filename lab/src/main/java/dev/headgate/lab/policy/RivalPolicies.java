package dev.headgate.lab.policy;

import dev.headgate.core.pick.RoutingPolicies;

/** Headgate's routing policies and, by the names of routing.md §6, those that nobody would choose in production. */
public final class RivalPolicies {
    private RivalPolicies() {}

    /** Returns all of them. */
    public static RoutingPolicies all() {
        return RoutingPolicies.builtIn()
                .with("prequal-hcl", PrequalRouter.PARAMETERS, PrequalRouter::new)
                .with("sglang-least-load", LeastLoadRouter.PARAMETERS, LeastLoadRouter::new)
                .with("aibrix-prefix", AibrixPrefixRouter.PARAMETERS, AibrixPrefixRouter::new)
                .with("stack-load-aware", StackLoadAwareRouter.PARAMETERS, StackLoadAwareRouter::new)
                .with("dynamo", DynamoRouter.PARAMETERS, DynamoRouter::new)
                .with("preble", PrebleRouter.PARAMETERS, PrebleRouter::new);
    }
}
