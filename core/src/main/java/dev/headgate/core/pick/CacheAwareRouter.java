package dev.headgate.core.pick;

import java.util.Set;

/**
 * {@code sglang-cache-aware}: the endpoint that holds most of the prompt, if that is more than half of it; else the one with
 * the fewest requests. While the load is imbalanced the prompt does not count. SGLang Model Gateway.
 *
 * <p>Imbalanced is max n − min n &gt; 32 with max n &gt; 1.1·min n, or a spread of cache usages over {@code kvSpread}, or one
 * over {@code kvCeiling}; both are off by default. {@code miss: smallest-index} sends what nobody holds to the endpoint
 * that holds least, the rule before sglang #14532, which piles requests on one endpoint.
 */
final class CacheAwareRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .number("match", 0.5, 0, 1)
            .number("absolute", 32, 0, Double.POSITIVE_INFINITY)
            .number("relative", 1.1, 1, Double.POSITIVE_INFINITY)
            .number("kvSpread", Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY)
            .number("kvCeiling", Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY)
            .choice("miss", "smallest-queue", "smallest-index");

    private enum Rule {
        SMALLEST_QUEUE,
        BEST_MATCH,
        SMALLEST_INDEX
    }

    private double leastMatch;
    private double absolute;
    private double relative;
    private double kvSpread;
    private double kvCeiling;
    private Rule onMiss = Rule.SMALLEST_QUEUE;
    private Rule rule = Rule.SMALLEST_QUEUE;

    @Override
    protected void configure(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        leastMatch = values.number("match");
        absolute = values.number("absolute");
        relative = values.number("relative");
        kvSpread = values.number("kvSpread");
        kvCeiling = values.number("kvCeiling");
        onMiss = values.text("miss").equals("smallest-index") ? Rule.SMALLEST_INDEX : Rule.SMALLEST_QUEUE;
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        int most = 0;
        int fewest = Integer.MAX_VALUE;
        double fullest = 0;
        double emptiest = 1;
        double bestMatch = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (onlyAvailable && !candidates.available(i)) {
                continue;
            }
            most = Math.max(most, candidates.ongoing(i));
            fewest = Math.min(fewest, candidates.ongoing(i));
            double usage = EngineLoad.kvUsage(candidates, i);
            if (!Double.isNaN(usage)) {
                fullest = Math.max(fullest, usage);
                emptiest = Math.min(emptiest, usage);
            }
            bestMatch = Math.max(bestMatch, match(candidates, request, i));
        }
        boolean imbalanced = (most - fewest > absolute && most > relative * fewest)
                || fullest - emptiest > kvSpread
                || fullest > kvCeiling;
        rule = imbalanced ? Rule.SMALLEST_QUEUE : bestMatch > leastMatch ? Rule.BEST_MATCH : onMiss;
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        return switch (rule) {
            case SMALLEST_QUEUE -> candidates.ongoing(index);
            case BEST_MATCH -> -hit(candidates, request, index);
            case SMALLEST_INDEX -> candidates.indexedBlocks(index);
        };
    }

    @Override
    protected double second(Candidates candidates, int index) {
        return candidates.ongoing(index);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("match", match(candidates, request, index));
        terms.term("ongoing", candidates.ongoing(index));
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
