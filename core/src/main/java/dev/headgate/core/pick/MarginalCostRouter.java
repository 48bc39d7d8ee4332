package dev.headgate.core.pick;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.EngineModel;
import java.util.Set;

/**
 * {@code marginal-cost}, the default: the endpoint where one more request adds the least time, to itself and to all others,
 * in seconds of that endpoint's own {@link EngineModel}.
 *
 * <ol>
 *   <li>wait: the prompt tokens of others that are computed first, W = {@code wait}·s·P;
 *   <li>prefill: its own uncached tokens, F = s·u + a·u·(hit + u/2);
 *   <li>delay: the n requests that run there stand still meanwhile, λ·(2·tpot ÷ {@code tpotTarget})^{@code adapt}·F·n;
 *   <li>overflow: tokens beyond 85 % of the cache, which throw out what others will ask for again;
 *   <li>evict: tokens that another endpoint holds and this one does not would be held twice and throw out as many others,
 *       {@code evict}·s·(best hit − hit);
 *   <li>load: a model or adapter that must be loaded first, {@code load} seconds;
 *   <li>late: each second to the first token beyond {@code ttftTarget} counts {@code late} times more;
 *   <li>decode: the time of {@code decode} output tokens of its own, off unless given.
 * </ol>
 *
 * <p>A wait delays one request, a delay all n of them by a little each: λ is the price of a second of the second kind in
 * seconds of the first, where half of {@code tpotTarget} is used up. It grows with the time per token, as requests near
 * their target are those that a delay makes miss it. The price of lateness keeps long prompts, of which the delay is large
 * everywhere, from queueing where few requests run. What is held twice is no loss while prompts do not come back, and then
 * no endpoint holds much of them.
 *
 * <p>Among endpoints that hold equally much and have equally much to compute it is least in flight. The share
 * {@code explore} of requests goes to a random one of the endpoints that cost at most {@code exploreLoss} seconds more than
 * the best, so that what is learned of each stays true and no long prompt is computed again for it. Source: routing.md §6;
 * terms W and F are those of LPWL and of Preble, the delay is what LMetric's product approximates.
 */
final class MarginalCostRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .number("lambda", 0.4, 0, 1000)
            .number("wait", 1.5, 0, 1000)
            .number("overflow", 20, 0, 1e6)
            .number("evict", 2, 0, 1000)
            .number("load", 1, 0, 3600)
            .number("explore", 0.01, 0, 1)
            .number("exploreLoss", 0.1, 0, 3600)
            .number("adapt", 1, 0, 10)
            .number("tpotTarget", 0.05, 1e-6, 3600)
            .number("late", 1, 0, 1000)
            .number("ttftTarget", 1, 1e-6, 3600)
            .number("decode", 0, 0, 1e6);

    /** Engines begin to preempt when their cache is full; a seventh of it is left for answers to grow into. */
    private static final double OVERFLOW_FROM = 0.85;

    private double lambda;
    private double wait;
    private double overflow;
    private double evict;
    private double load;
    private double explore;
    private double exploreLoss;
    private double adapt;
    private double tpotTarget;
    private double late;
    private double ttftTarget;
    private double decode;
    private int bestHit;
    private double explored; // candidates of this cost or less are equally good; negative = not exploring

    @Override
    protected void configure(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        lambda = values.number("lambda");
        wait = values.number("wait");
        overflow = values.number("overflow");
        evict = values.number("evict");
        load = values.number("load");
        explore = values.number("explore");
        exploreLoss = values.number("exploreLoss");
        adapt = values.number("adapt");
        tpotTarget = values.number("tpotTarget");
        late = values.number("late");
        ttftTarget = values.number("ttftTarget");
        decode = values.number("decode");
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        bestHit = bestHit(candidates, request);
        explored = -1;
        if (explore > 0 && random().nextDouble() < explore) {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < candidates.size(); i++) {
                if (!onlyAvailable || candidates.available(i)) {
                    least = Math.min(least, cost(candidates, request, i));
                }
            }
            explored = least + exploreLoss;
        }
    }

    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        explored = -1;
        bestHit = bestHit(candidates, request);
        return cost(candidates, request, index);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        Prompt prompt = request.request().prompt();
        EngineModel engine = candidates.engine(index);
        int hit = hit(candidates, request, index);
        int ongoing = candidates.ongoing(index);
        long resident = candidates.residentTokens(index) + prompt.tokens();
        double wait = wait(engine, candidates.pendingTokens(index));
        double prefill = engine.prefillSeconds(uncached(prompt, hit), hit);
        double cost = wait
                + prefill
                + price(engine, ongoing, resident) * prefill * ongoing
                + overflow(resident, candidates.cacheCapacityTokens(index))
                + evict(engine, bestHit - hit)
                + load(candidates, request, index)
                + late(engine, wait + prefill)
                + decode(engine, ongoing, resident);
        return cost <= explored ? 0 : cost;
    }

    @Override
    protected double second(Candidates candidates, int index) {
        return explored >= 0 ? 0 : candidates.ongoing(index);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        Prompt prompt = request.request().prompt();
        EngineModel engine = candidates.engine(index);
        int hit = hit(candidates, request, index);
        int ongoing = candidates.ongoing(index);
        long resident = candidates.residentTokens(index) + prompt.tokens();
        double wait = wait(engine, candidates.pendingTokens(index));
        double prefill = engine.prefillSeconds(uncached(prompt, hit), hit);
        terms.term("hit", hit);
        terms.term("wait", wait);
        terms.term("prefill", prefill);
        terms.term("delay", price(engine, ongoing, resident) * prefill * ongoing);
        terms.term("overflow", overflow(resident, candidates.cacheCapacityTokens(index)));
        terms.term("evict", evict(engine, bestHit(candidates, request) - hit));
        terms.term("load", load(candidates, request, index));
        terms.term("late", late(engine, wait + prefill));
        terms.term("decode", decode(engine, ongoing, resident));
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX, Need.PREDICTION);
    }

    private static int bestHit(Candidates candidates, PendingRequest request) {
        int best = 0;
        for (int i = 0; i < candidates.size(); i++) {
            best = Math.max(best, hit(candidates, request, i));
        }
        return best;
    }

    /** Returns u: what is left to compute, never nothing. */
    static long uncached(Prompt prompt, int hit) {
        return Math.max(1, prompt.tokens() - hit);
    }

    /** Returns W, the seconds until what waits there is computed. */
    double wait(EngineModel engine, long pending) {
        return wait * engine.tokenSeconds() * pending;
    }

    /**
     * Returns the price of a second for which the running requests stand still: λ·(2·tpot ÷ target)^adapt, which is λ where
     * half of the target is used up, and λ everywhere if {@code adapt} is 0.
     */
    double price(EngineModel engine, int ongoing, long resident) {
        if (adapt == 0) {
            return lambda;
        }
        double used = engine.tpotSeconds(ongoing + 1, resident) / tpotTarget;
        return lambda * Math.pow(2 * used, adapt);
    }

    /** Returns V, the seconds that a cache which is too full costs; 0 if its capacity is unknown. */
    double overflow(long resident, long capacity) {
        return capacity <= 0 ? 0 : overflow * Math.max(0, (double) resident / capacity - OVERFLOW_FROM);
    }

    /** Returns E, the seconds of computing again what {@code twice} tokens throw out that are held elsewhere too. */
    double evict(EngineModel engine, int twice) {
        return evict * engine.tokenSeconds() * twice;
    }

    /** Returns the seconds until the model or adapter that the request needs is loaded; 0 if it needs none in particular. */
    double load(Candidates candidates, PendingRequest request, int index) {
        String model = request.metadata().multiplexedModelId();
        return model.isEmpty() || candidates.models(index).contains(model) ? 0 : load;
    }

    /** Returns the price of coming later than the target. */
    double late(EngineModel engine, double seconds) {
        return late * Math.max(0, engine.fixedSeconds() + seconds - ttftTarget);
    }

    /** Returns the seconds of its own output, at the pace that the endpoint would have with it. */
    double decode(EngineModel engine, int ongoing, long resident) {
        return decode * engine.tpotSeconds(ongoing + 1, resident);
    }
}
