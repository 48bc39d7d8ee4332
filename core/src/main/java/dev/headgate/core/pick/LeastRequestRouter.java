package dev.headgate.core.pick;

/**
 * {@code least-request}: the smallest (n + 1) ÷ w, of the n requests that an endpoint of weight w has. One more than n, so
 * that weights count among idle endpoints too. Finagle's least loaded and Envoy's LEAST_REQUEST over all hosts.
 */
final class LeastRequestRouter extends LowestCostRouter {
    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        return cost(candidates, request, index);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        return (candidates.ongoing(index) + 1.0) / candidates.weight(index);
    }
}
