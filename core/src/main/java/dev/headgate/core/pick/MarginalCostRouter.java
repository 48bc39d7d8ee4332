package dev.headgate.core.pick;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.EngineModel;
import java.util.Set;

/**
 * {@code marginal-cost}, the default: the endpoint where one more request adds the least time, to itself and to all others,
 * in seconds of that endpoint's own {@link EngineModel}.
 *
 * <ol>
 *   <li>wait: the prompts of others that are computed first, {@code wait} times the seconds that are left of them;
 *   <li>prefill: its own uncached tokens, F = s·u + a·u·(hit + u/2);
 *   <li>delay: the n requests that run there stand still meanwhile, λ·(2·tpot ÷ {@code tpotTarget})^{@code adapt}·F·n, of
 *       which those that breach {@code tpotTarget} anyway do not count as long as prompts there come in time;
 *   <li>breach: those that come to breach {@code tpotTarget} with it, and itself if it will, {@code breach} seconds each,
 *       {@link TokenPace};
 *   <li>overflow: tokens beyond 85 % of the cache, which throw out what others will ask for again, and no more than it holds;
 *   <li>evict: tokens that another endpoint holds and this one does not would be held twice and throw out as many others,
 *       which are computed again as often as held tokens are asked for, {@code evict}·r ÷ (1 − r)·(F − F where most is held);
 *   <li>displace: what it computes throws out what was not used for the longest time, which is asked for again the more
 *       likely the less long that is, {@code displace}·r ÷ (1 − r)·F·(new tokens of the last minute or so ÷ cache);
 *   <li>load: a model or adapter that must be loaded first, {@link ModelLoads};
 *   <li>late: each second to the first token beyond {@code ttftTarget} counts {@code late} times more;
 *   <li>decode: the time of {@code decode} output tokens of its own, off unless given.
 * </ol>
 *
 * <p>A wait delays one request, a delay all n of them by a little each: λ is the price of a second of the second kind in
 * seconds of the first, where half of {@code tpotTarget} is used up. It grows with the time per token, as requests near
 * their target are those that a delay makes breach it; the time per token in it is that of the pool's mean engine at the
 * endpoint's load, so that what one endpoint was observed to take, which varies, moves no request away from what is cached.
 * The price of lateness keeps long prompts, of which the delay is large everywhere, from queueing where few requests run.
 * What is held twice is no loss while prompts do not come back, which the pool's {@link Candidates#reuse} r tells: of a token
 * that comes back r ÷ (1 − r) more requests are to be expected.
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
            .number("evict", 1, 0, 1000)
            .number("displace", 8, 0, 1000)
            .number("load", 15, 0, 3600)
            .number("drain", 6, 0, 3600)
            .number("explore", 0.01, 0, 1)
            .number("exploreLoss", 0.1, 0, 3600)
            .number("adapt", 1, 0, 10)
            .number("tpotTarget", 0.05, 1e-6, 3600)
            .number("breach", 2, 0, 1e6)
            .number("late", 2, 0, 1000)
            .number("ttftTarget", 1, 1e-6, 3600)
            .number("decode", 0, 0, 1e6);

    /** Engines begin to preempt when their cache is full; a seventh of it is left for answers to grow into. */
    private static final double OVERFLOW_FROM = 0.85;

    /** Caches are not kept for more than so many further requests, though all of late came back. */
    private static final double MOST_REUSE = 10;

    private double lambda;
    private double wait;
    private double overflow;
    private double evict;
    private double displace;
    private double explore;
    private double exploreLoss;
    private double adapt;
    private double tpotTarget;
    private TokenPace pace = new TokenPace(0, 1, 1);
    private double late;
    private double ttftTarget;
    private double decode;
    private ModelLoads loads = new ModelLoads(0, 0);
    private int bestHit; // of the request that is chosen for, as all that follows
    private double furtherUses;
    private double stepSeconds; // of the mean engine
    private double requestSeconds;
    private double residentSeconds;
    private double explored; // candidates of this cost or less are equally good; negative = not exploring

    @Override
    protected void configure(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        lambda = values.number("lambda");
        wait = values.number("wait");
        overflow = values.number("overflow");
        evict = values.number("evict");
        loads = new ModelLoads(values.number("load"), values.number("drain"));
        displace = values.number("displace");
        explore = values.number("explore");
        exploreLoss = values.number("exploreLoss");
        adapt = values.number("adapt");
        tpotTarget = values.number("tpotTarget");
        late = values.number("late");
        ttftTarget = values.number("ttftTarget");
        decode = values.number("decode");
        pace = new TokenPace(values.number("breach"), tpotTarget, ttftTarget);
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        survey(candidates, request);
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

    /** Looks at all candidates for what is the same for each of them. */
    private void survey(Candidates candidates, PendingRequest request) {
        int size = candidates.size();
        explored = -1;
        bestHit = 0;
        stepSeconds = 0;
        requestSeconds = 0;
        residentSeconds = 0;
        for (int i = 0; i < size; i++) {
            EngineModel engine = candidates.engine(i);
            bestHit = Math.max(bestHit, hit(candidates, request, i));
            stepSeconds += engine.stepSeconds() / size;
            requestSeconds += engine.requestSeconds() / size;
            residentSeconds += engine.residentSeconds() / size;
        }
        double reuse = candidates.reuse();
        furtherUses = reuse < 1 ? Math.min(MOST_REUSE, reuse / (1 - reuse)) : MOST_REUSE;
        loads.survey(candidates, request);
    }

    @Override
    public double costOf(Candidates candidates, PendingRequest request, int index) {
        survey(candidates, request);
        return cost(candidates, request, index);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        Prompt prompt = request.request().prompt();
        EngineModel engine = candidates.engine(index);
        int hit = hit(candidates, request, index);
        int requests = candidates.ongoing(index) + 1;
        long resident = candidates.residentTokens(index) + prompt.tokens();
        double waiting = wait * candidates.pendingSeconds(index);
        double prefill = engine.prefillSeconds(uncached(prompt, hit), hit);
        double cost = waiting
                + prefill
                + delay(engine, requests, resident, prefill, waiting)
                + pace.seconds(engine, requests, resident, prompt.tokens())
                + overflow(resident, candidates.cacheCapacityTokens(index))
                + evict(engine, prompt, prefill)
                + loads.seconds(candidates, index)
                + displace(candidates, index, prefill)
                + late(engine, waiting + prefill)
                + decode(engine, requests, resident);
        return cost <= explored ? 0 : cost;
    }

    @Override
    protected double second(Candidates candidates, int index) {
        return explored >= 0 ? 0 : candidates.ongoing(index);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        survey(candidates, request);
        Prompt prompt = request.request().prompt();
        EngineModel engine = candidates.engine(index);
        int hit = hit(candidates, request, index);
        int requests = candidates.ongoing(index) + 1;
        long resident = candidates.residentTokens(index) + prompt.tokens();
        double waiting = wait * candidates.pendingSeconds(index);
        double prefill = engine.prefillSeconds(uncached(prompt, hit), hit);
        terms.term("hit", hit);
        terms.term("wait", waiting);
        terms.term("prefill", prefill);
        terms.term("delay", delay(engine, requests, resident, prefill, waiting));
        terms.term("breach", pace.seconds(engine, requests, resident, prompt.tokens()));
        terms.term("overflow", overflow(resident, candidates.cacheCapacityTokens(index)));
        terms.term("evict", evict(engine, prompt, prefill));
        terms.term("displace", displace(candidates, index, prefill));
        terms.term("load", loads.seconds(candidates, index));
        terms.term("late", late(engine, waiting + prefill));
        terms.term("decode", decode(engine, requests, resident));
        terms.term(Terms.TOTAL, cost(candidates, request, index));
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX, Need.PREDICTION);
    }

    @Override
    public boolean weighsModels() {
        return true;
    }

    /** Returns u: what is left to compute, never nothing. */
    static long uncached(Prompt prompt, int hit) {
        return Math.max(1, prompt.tokens() - hit);
    }

    /** Returns the price of what the requests that run there wait for a prompt, those that are late anyway left out. */
    double delay(EngineModel engine, int requests, long resident, double prefill, double waiting) {
        double breaching = pace.breaching(engine, requests, resident);
        return price(requests, resident) * prefill * (requests - 1) * pace.delayed(breaching, waiting + prefill);
    }

    /**
     * Returns the price of a second for which the running requests stand still: λ·(2·tpot ÷ target)^adapt, which is λ where
     * half of the target is used up, and λ everywhere if {@code adapt} is 0.
     */
    double price(int requests, long resident) {
        if (adapt == 0) {
            return lambda;
        }
        double tpot = stepSeconds + requestSeconds * requests + residentSeconds * resident;
        return lambda * Math.pow(2 * tpot / tpotTarget, adapt);
    }

    /** Returns V, the seconds that a cache which is too full costs; 0 if its capacity is unknown. */
    double overflow(long resident, long capacity) {
        return capacity <= 0 ? 0 : overflow * Math.max(0, Math.min(1, (double) resident / capacity) - OVERFLOW_FROM);
    }

    /** Returns E, the seconds of computing again what is thrown out by tokens that are held elsewhere too. */
    double evict(EngineModel engine, Prompt prompt, double prefill) {
        return evict * furtherUses * Math.max(0, prefill - engine.prefillSeconds(uncached(prompt, bestHit), bestHit));
    }

    /** Returns D, the seconds of computing again what new tokens throw out; 0 if the capacity of the cache is unknown. */
    double displace(Candidates candidates, int index, double prefill) {
        long capacity = candidates.cacheCapacityTokens(index);
        return capacity <= 0 ? 0 : displace * furtherUses * prefill * candidates.newTokens(index) / capacity;
    }

    /** Returns the price of coming later than the target. */
    double late(EngineModel engine, double seconds) {
        return late * Math.max(0, engine.fixedSeconds() + seconds - ttftTarget);
    }

    /** Returns the seconds of its own output, at the pace that the endpoint would have with it. */
    double decode(EngineModel engine, int requests, long resident) {
        return decode * engine.tpotSeconds(requests, resident);
    }
}
