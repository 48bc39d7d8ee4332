package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RoutingContext;
import dev.headgate.core.request.InferenceRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that one choice was made of, so that it can be read and repeated.
 *
 * @param id its number in the pool, from 1
 * @param policy what the router was called
 * @param generation which router of the pool it was
 * @param chooser who chose
 * @param pass the pass of the attempt, from 1
 * @param waitedNanos how long the request had waited
 * @param request the request as the router saw it
 * @param candidates the endpoints as the router saw them, with the ages of their signals
 * @param terms what the router made of each candidate, by its index: scores, costs and weights by name
 * @param ranks the indices that were chosen, best rank first
 * @param draws the random numbers that were drawn
 */
public record Explanation(
        long id,
        String policy,
        int generation,
        Chooser chooser,
        int pass,
        long waitedNanos,
        PendingRequest request,
        Candidates candidates,
        List<Map<String, Double>> terms,
        List<List<Integer>> ranks,
        List<Long> draws) {
    public Explanation {
        terms = List.copyOf(terms);
        ranks = List.copyOf(ranks);
        draws = List.copyOf(draws);
    }

    /**
     * Chooses again by the router of {@code plan}, a new instance of the policy that is not started, on the same inputs and
     * the same chance; returns its ranks. They are the same unless another than the router chose, or the policy remembers
     * earlier choices.
     */
    public List<List<Integer>> replay(RouterPlan plan) {
        PoolSetup setup = new PoolSetup("replay", () -> request.createdAtNanos() + waitedNanos, plan, null);
        RequestRouter router = plan.router();
        router.start(setup);
        router.endpointsChanged(candidates);
        setup.replay(draws);
        Ranks chosen = new Ranks();
        chosen.reset(candidates.size());
        router.choose(candidates, request, chosen);
        return list(chosen);
    }

    /** Returns whether the fallback chose, as the router failed. */
    public boolean isFallback() {
        return chooser == Chooser.FALLBACK;
    }

    static List<List<Integer>> list(Ranks ranks) {
        List<List<Integer>> all = new ArrayList<>();
        for (int rank = 0; rank < ranks.count(); rank++) {
            List<Integer> one = new ArrayList<>();
            for (int position = 0; position < ranks.size(rank); position++) {
                one.add(ranks.get(rank, position));
            }
            all.add(List.copyOf(one));
        }
        return all;
    }

    static List<Map<String, Double>> terms(RequestRouter router, Candidates candidates, PendingRequest request) {
        List<Map<String, Double>> all = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            Map<String, Double> terms = new LinkedHashMap<>();
            router.explain(candidates, request, i, terms::put);
            all.add(terms);
        }
        return all;
    }

    /** Who may choose an endpoint. */
    public enum Chooser {
        /** The router, for the request. */
        ROUTER,
        /** Its fallback, as it failed. */
        FALLBACK,
        /** Late binding: by the router's costs, which of the requests that wait gains most by an endpoint that is free. */
        LATE_BINDING
    }

    /** A request as it was when it was chosen for. */
    record Snapshot(
            InferenceRequest request,
            RequestMetadata metadata,
            long createdAtNanos,
            int attempt,
            RoutingContext context)
            implements PendingRequest {
        static Snapshot of(Call call) {
            RoutingContext copy = new RoutingContext();
            RoutingContext context = call.context();
            copy.multiplexMatchingSinceNanos = context.multiplexMatchingSinceNanos;
            copy.triedFewestModels = context.triedFewestModels;
            copy.triedFirstModels = context.triedFirstModels;
            copy.triedSameNode = context.triedSameNode;
            copy.triedSameZone = context.triedSameZone;
            return new Snapshot(call.request(), call.metadata(), call.createdAtNanos(), call.attempt(), copy);
        }
    }
}
