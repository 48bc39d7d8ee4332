package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import java.util.Set;

/**
 * {@code stack-load-aware}: the largest m − β·(n − mean) ÷ max(1, mean): the share of the prompt that is held, less how much
 * more requests than on average there are. vLLM production-stack.
 */
final class StackLoadAwareRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none().number("beta", 1, 0, 1000);

    private final QueueSpread spread = new QueueSpread();
    private double beta;

    @Override
    protected void configure(RouterSetup setup) {
        beta = PARAMETERS.read(setup.parameters()).number("beta");
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        spread.read(candidates, onlyAvailable);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        double excess = (candidates.ongoing(index) - spread.mean()) / Math.max(1, spread.mean());
        return beta * excess - match(candidates, request, index);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
