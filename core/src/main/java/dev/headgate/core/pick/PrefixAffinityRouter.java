package dev.headgate.core.pick;

import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code prefix-affinity}: the endpoint that holds most of the prompt, if that is at least a tenth of it, of equal ones the
 * one with the fewest requests; else the one whose cache is believed to hold least. Without a prompt, or while the longest
 * and the shortest queue differ by more than {@code imbalance}, it is {@code p2c}. Ray Serve's prefix-aware router.
 */
final class PrefixAffinityRouter implements RequestRouter {
    static final PolicyParameters PARAMETERS =
            PolicyParameters.none().number("imbalance", 10, 0, Double.POSITIVE_INFINITY);

    private static final double LEAST_MATCH = 0.10;

    private final TwoDraws draws = new TwoDraws();
    private final BestThree best = new BestThree();
    private RandomGenerator random = () -> 0;
    private double imbalance = 10;

    @Override
    public void start(RouterSetup setup) {
        imbalance = PARAMETERS.read(setup.parameters()).number("imbalance");
        random = setup.random();
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        boolean onlyAvailable = candidates.anyAvailable();
        int most = 0;
        int fewest = Integer.MAX_VALUE;
        double bestMatch = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (!onlyAvailable || candidates.available(i)) {
                most = Math.max(most, candidates.ongoing(i));
                fewest = Math.min(fewest, candidates.ongoing(i));
                bestMatch = Math.max(bestMatch, LowestCostRouter.match(candidates, request, i));
            }
        }
        if (request.request().prompt().tokens() == 0 || (double) most - fewest > imbalance) {
            draws.draw(candidates, random);
            TwoChoicesRouter.addTo(ranks, draws);
            return;
        }
        boolean hit = bestMatch >= LEAST_MATCH;
        best.begin(random.nextLong());
        for (int i = 0; i < candidates.size(); i++) {
            if (!onlyAvailable || candidates.available(i)) {
                double cost =
                        hit ? -LowestCostRouter.hit(candidates, request, i) : (double) candidates.indexedBlocks(i);
                best.offer(i, cost, hit ? candidates.ongoing(i) : 0);
            }
        }
        best.addTo(ranks);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("match", LowestCostRouter.match(candidates, request, index));
        terms.term("ongoing", candidates.ongoing(index));
        terms.term("indexedBlocks", candidates.indexedBlocks(index));
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
