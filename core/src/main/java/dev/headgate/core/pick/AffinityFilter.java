package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code llm-d-affinity}: keeps the endpoints that hold at least {@code threshold} of the prompt, if there are any, unless the
 * best of them would come more than {@code penalty} seconds later than the best of the others; skipped for the share
 * {@code exploration} of requests. How late is tokens in flight ÷ {@code throughput}. llm-d's prefix-cache-affinity-filter.
 */
final class AffinityFilter implements Filter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .number("threshold", 0.8, 0, 1)
            .number("penalty", 18, 0, Double.POSITIVE_INFINITY)
            .number("throughput", 15_928, 1, 1e9)
            .number("exploration", 0, 0, 1);

    private final RandomGenerator random;
    private final double threshold;
    private final double penaltyTokens;
    private final double exploration;

    AffinityFilter(PolicyParameters.Values values, RandomGenerator random) {
        this.random = random;
        threshold = values.number("threshold");
        penaltyTokens = values.number("penalty") * values.number("throughput");
        exploration = values.number("exploration");
    }

    @Override
    public void filter(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, CandidateSet kept) {
        if (threshold <= 0 || among.size() < 2 || (exploration > 0 && random.nextDouble() < exploration)) {
            return;
        }
        double holders = Double.POSITIVE_INFINITY;
        double others = Double.POSITIVE_INFINITY;
        for (int k = 0; k < among.size(); k++) {
            int i = among.get(k);
            if (LowestCostRouter.match(candidates, request, i) >= threshold) {
                kept.add(i);
                holders = Math.min(holders, candidates.pendingTokens(i));
            } else {
                others = Math.min(others, candidates.pendingTokens(i));
            }
        }
        if (kept.size() > 0 && holders - others > penaltyTokens) {
            kept.clear();
        }
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
