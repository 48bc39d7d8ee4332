package dev.headgate.core.pick;

import java.util.Set;

/**
 * {@code lpwl}: the fewest prompt tokens left to compute, those that wait and this request's own uncached ones; of equal ones
 * the one with fewer requests. Least predicted work left.
 */
final class LeastWorkRouter extends LowestCostRouter {
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return cost(candidates, request, index);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        int tokens = request.request().prompt().tokens();
        return candidates.pendingTokens(index) + (double) Math.max(0, tokens - hit(candidates, request, index));
    }

    @Override
    protected double second(Candidates candidates, int index) {
        return candidates.ongoing(index);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
