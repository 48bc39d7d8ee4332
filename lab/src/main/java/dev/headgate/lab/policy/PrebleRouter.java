package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.time.Ticker;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code preble}: exploit or explore. If more of the prompt is held somewhere than is not, the holder with the least cost;
 * else the least cost over all. The cost of an endpoint is the work that came to it in the last 3 minutes, prefill and
 * decode, plus this request's own prefill, plus what its coming throws out of a full cache: as many tokens, to be computed
 * again with the chance that a prompt of the window was not held. Preble (ICLR 2025), E2.
 *
 * <p>How long answers will be is not known before they end: decode work counts the mean of the answers so far.
 */
final class PrebleRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none().number("window", 180, 1, 3600);

    private final Map<EndpointId, Window> windows = new HashMap<>();
    private final Map<EndpointId, Integer> hits = new HashMap<>(); // of the latest choice
    private Ticker ticker = () -> 0;
    private long windowNanos;
    private double answers;
    private double answerTokens;
    private boolean exploit;

    @Override
    protected void configure(RouterSetup setup) {
        windowNanos = (long) (PARAMETERS.read(setup.parameters()).number("window") * 1e9);
        ticker = setup.ticker();
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        int best = 0;
        hits.clear();
        for (int i = 0; i < candidates.size(); i++) {
            if (!onlyAvailable || candidates.available(i)) {
                int hit = hit(candidates, request, i);
                hits.put(candidates.id(i), hit);
                best = Math.max(best, hit);
            }
        }
        exploit = best > request.request().prompt().tokens() - best;
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        int tokens = request.request().prompt().tokens();
        int hit = hit(candidates, request, index);
        if (exploit && hit <= tokens - hit) {
            return Double.POSITIVE_INFINITY;
        }
        EngineModel engine = candidates.engine(index);
        Window window = windows.get(candidates.id(index));
        double cost = engine.prefillSeconds(Math.max(1, tokens - hit), hit);
        if (window == null) {
            return cost;
        }
        window.expire(ticker.nanos() - windowNanos);
        long capacity = candidates.cacheCapacityTokens(index);
        double evicted = capacity == 0 ? 0 : Math.max(0, candidates.residentTokens(index) + (double) tokens - capacity);
        return cost + window.seconds + evicted * engine.tokenSeconds() * window.missRate();
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        int tokens = request.request().prompt().tokens();
        int hit = Math.min(hits.getOrDefault(endpoint, 0), tokens);
        double decode = answers == 0 ? 0 : answerTokens / answers * decodeSeconds(tokens);
        double prefill = EngineModel.PRIOR.prefillSeconds(tokens - hit, hit);
        windows.computeIfAbsent(endpoint, id -> new Window())
                .add(new Work(ticker.nanos(), prefill + decode, tokens, hit));
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        if (outcome instanceof Outcome.Completed completed) {
            answers++;
            answerTokens += completed.usage().completionTokens();
        }
    }

    @Override
    public void endpointsChanged(Candidates all) {
        Set<EndpointId> present = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            present.add(all.id(i));
        }
        windows.keySet().retainAll(present);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX, Need.PREDICTION);
    }

    /** What one more output token of a request takes among others. */
    private static double decodeSeconds(int tokens) {
        return EngineModel.PRIOR.requestSeconds() + EngineModel.PRIOR.residentSeconds() * tokens;
    }

    /** The work that came to an endpoint lately. */
    private static final class Window {
        private final ArrayDeque<Work> works = new ArrayDeque<>();
        private double seconds;
        private long tokens;
        private long hits;

        void add(Work work) {
            works.add(work);
            seconds += work.seconds;
            tokens += work.tokens;
            hits += work.hit;
        }

        void expire(long beforeNanos) {
            Work oldest = works.peek();
            while (oldest != null && oldest.atNanos - beforeNanos < 0) {
                works.remove();
                seconds -= oldest.seconds;
                tokens -= oldest.tokens;
                hits -= oldest.hit;
                oldest = works.peek();
            }
        }

        double missRate() {
            return tokens == 0 ? 1 : 1 - (double) hits / tokens;
        }
    }

    private record Work(long atNanos, double seconds, int tokens, int hit) {}
}
