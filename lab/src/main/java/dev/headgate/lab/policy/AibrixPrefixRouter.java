package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import java.util.Set;

/**
 * {@code aibrix-prefix}: the longest match among endpoints whose requests are at most one standard deviation above the mean,
 * of equal ones the one with fewer requests; without a match the fewest requests. If the longest and the shortest queue
 * differ by more than {@code imbalance}, the fewest requests, ties at random. AIBrix's prefix-cache policy.
 */
final class AibrixPrefixRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .number("imbalance", 8, 0, Double.POSITIVE_INFINITY)
            .number("deviations", 1, 0, Double.POSITIVE_INFINITY);

    private final QueueSpread spread = new QueueSpread();
    private double imbalance;
    private double deviations;
    private boolean imbalanced;

    @Override
    protected void configure(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        imbalance = values.number("imbalance");
        deviations = values.number("deviations");
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        spread.read(candidates, onlyAvailable);
        imbalanced = spread.range() > imbalance;
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        int ongoing = candidates.ongoing(index);
        if (imbalanced) {
            return ongoing;
        }
        boolean eligible = ongoing <= spread.mean() + deviations * spread.deviation();
        return eligible ? -hit(candidates, request, index) : 0;
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
