package dev.headgate.core.pick;

import java.util.Set;

/**
 * {@code lmetric}: the smallest (P + L − hit)·(n + 1): prompt tokens left to compute times requests. The product needs no
 * weight between the two (arXiv 2603.15202).
 */
final class LMetricRouter extends LowestCostRouter {
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return cost(candidates, request, index);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        double tokens = candidates.pendingTokens(index)
                + (double) request.request().prompt().tokens()
                - hit(candidates, request, index);
        return tokens * (candidates.ongoing(index) + 1.0);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
