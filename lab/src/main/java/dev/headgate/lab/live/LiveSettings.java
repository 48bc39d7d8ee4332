package dev.headgate.lab.live;

import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.signal.PromptHasher;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.routing.PolicySpec;
import dev.headgate.lab.routing.RunSettings;
import dev.headgate.lab.workload.Workload;
import java.time.Duration;
import java.util.List;

/**
 * What is run in real time and in simulated time.
 *
 * @param run engines, fleet and what a good answer keeps
 * @param policy the policy of the gateway and of the simulated router
 * @param workload the requests
 * @param speedup what their arrivals are divided by, &gt; 0
 * @param length how much of the workload is played: what arrives within this time
 * @param seeds one run each, at least one
 * @param warmUp how long a gateway is warmed up before its run
 * @param tolerance the largest relative error that is close, &gt; 0
 */
public record LiveSettings(
        RunSettings run,
        PolicySpec policy,
        Workload workload,
        double speedup,
        Duration length,
        List<Long> seeds,
        Duration warmUp,
        double tolerance) {
    /** @throws IllegalArgumentException if a gateway cannot do the same in real time, saying what is wrong */
    public LiveSettings {
        seeds = List.copyOf(seeds);
        refuseUnless(run.routers() == 1, "routers: " + run.routers() + " (expected: 1, a run has one gateway)");
        refuseUnless(run.flow().isEmpty(), "flow: given (expected: none, requests are bound at once)");
        EngineConstants.Limits limits = run.engine().limits();
        refuseUnless(
                limits.indexBlockTokens() == PromptHasher.BLOCK_TOKENS,
                "indexBlockTokens: " + limits.indexBlockTokens() + " (expected: " + PromptHasher.BLOCK_TOKENS
                        + ", the gateway's)");
        refuseUnless(
                limits.blockTokens() >= PromptText.LEAST_BLOCK_TOKENS
                        && PromptHasher.BLOCK_TOKENS % limits.blockTokens() == 0,
                "blockTokens: " + limits.blockTokens() + " (expected: 8, 16, 32 or 64)");
        refuseUnless(
                workload.fleet().isEmpty() && workload.adapters() == 0,
                "workload: " + workload.name() + " (expected: one without a fleet or adapters of its own)");
        RoutingPolicies known = RoutingPolicies.builtIn();
        refuseUnless(
                known.names().contains(policy.name()),
                "policy: " + policy.name() + " (expected: one of " + String.join(", ", known.names()) + ")");
    }

    private static void refuseUnless(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
