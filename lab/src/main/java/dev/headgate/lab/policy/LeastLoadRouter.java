package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import java.util.Set;

/**
 * {@code sglang-least-load}: the fewest seconds of prefill in front, queued uncached tokens ÷ {@code throughput}, plus
 * 0.15·k ÷ (1 − k) for a cache that is used to the share k. The queued tokens are those the endpoint reports as the statistic
 * {@code queuedTokens} and those assigned here that it has not begun; without the statistic, the latter. SGLang Model Gateway.
 */
final class LeastLoadRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none().number("throughput", 2000, 1, 1e9);

    private static final double CACHE_WEIGHT = 0.15;

    /** A full cache is very expensive, not infinitely so: full ones are still told apart by their queues. */
    private static final double FULLEST = 0.999;

    private double throughput;

    @Override
    protected void configure(RouterSetup setup) {
        throughput = PARAMETERS.read(setup.parameters()).number("throughput");
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        double queued =
                Math.max(candidates.stats(index).number("queuedTokens", 0), (double) candidates.pendingTokens(index));
        double usage = usage(candidates, index);
        return queued / throughput + CACHE_WEIGHT * usage / (1 - usage);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX, Need.STATS);
    }

    private static double usage(Candidates candidates, int index) {
        double usage = candidates.kvUsage(index);
        long capacity = candidates.cacheCapacityTokens(index);
        if (Double.isNaN(usage)) {
            usage = capacity == 0 ? 0 : (double) candidates.residentTokens(index) / capacity;
        }
        return Math.min(FULLEST, usage);
    }
}
