package dev.headgate.core.pick;

import java.util.random.RandomGenerator;

/**
 * A policy that gives each candidate a cost and takes the lowest.
 *
 * <p>Available candidates count, or all of them if none is, so that full ones are probed. The winner is rank 0, alone; ranks
 * 1 and 2 are the next best. Ties are broken by {@link #second}, then uniformly at random. A cost that is no number loses.
 */
public abstract class LowestCostRouter implements RequestRouter {
    private final BestThree best = new BestThree();
    private RandomGenerator random = () -> 0;

    /** Creates it; {@link #start} gives it its chance. */
    protected LowestCostRouter() {}

    @Override
    public final void start(RouterSetup setup) {
        random = setup.random();
        configure(setup);
    }

    @Override
    public final void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        boolean onlyAvailable = candidates.anyAvailable();
        best.begin(random.nextLong());
        prepare(candidates, request, onlyAvailable);
        for (int i = 0; i < candidates.size(); i++) {
            if (!onlyAvailable || candidates.available(i)) {
                best.offer(i, cost(candidates, request, i), second(candidates, i));
            }
        }
        best.addTo(ranks);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("cost", cost(candidates, request, index));
    }

    /** Reads the parameters; {@link PolicyParameters} refuses those it does not know. */
    protected void configure(RouterSetup setup) {
        PolicyParameters.none().read(setup.parameters());
    }

    /** Looks at the candidates together before they are asked for one by one: those that count are available or all are. */
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {}

    /** Returns what it costs to send the request to candidate {@code index}. */
    protected abstract double cost(Candidates candidates, PendingRequest request, int index);

    /** Returns what decides between candidates of equal cost: the same for all unless a policy says otherwise. */
    protected double second(Candidates candidates, int index) {
        return 0;
    }

    /** Returns the chance of this router. */
    protected final RandomGenerator random() {
        return random;
    }

    /** Returns the tokens of the request's prompt that candidate {@code index} is believed to hold, never all of them. */
    protected static int hit(Candidates candidates, PendingRequest request, int index) {
        int most = request.request().prompt().tokens() - 1;
        return Math.max(0, Math.min(candidates.cachedTokens(index), most));
    }

    /** Returns the share of the request's prompt that candidate {@code index} is believed to hold, in [0, 1). */
    protected static double match(Candidates candidates, PendingRequest request, int index) {
        int tokens = request.request().prompt().tokens();
        return tokens == 0 ? 0 : (double) hit(candidates, request, index) / tokens;
    }
}
