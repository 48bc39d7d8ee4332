package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code weighted}, {@code gie}, {@code llm-d}: filters in order, then the sum over scorers of weight × score, then a picker.
 *
 * <p>A score counts between 0 and 1; one that is no number counts 0. A filter that would keep nobody keeps all. The picker
 * {@code max} takes the highest sum, ties at random; {@code weighted-random} draws with chances in proportion to the sums;
 * {@code random} draws among what the filters kept. The rule of the Gateway API Inference Extension, whose weights are queue
 * 2, cache 2, prefix 3.
 */
final class WeightedRouter implements RequestRouter {
    private final String filterList;
    private final String scorerList;
    private final BestThree best = new BestThree();
    private final CandidateSet[] kept = {new CandidateSet(), new CandidateSet()};
    private RandomGenerator random = () -> 0;
    private Picker picker = Picker.MAX;
    private List<Filter> filters = List.of();
    private List<WeightedScorer> scorers = List.of();
    private double[] scores = new double[16];
    private double[] sums = new double[16];

    WeightedRouter(String filterList, String scorerList) {
        this.filterList = filterList;
        this.scorerList = scorerList;
    }

    static PolicyParameters parameters(String filterList, String scorerList) {
        return PolicyParameters.none()
                .list("filters", filterList)
                .list("scorers", scorerList)
                .choice("picker", "max", "weighted-random", "random");
    }

    @Override
    public void start(RouterSetup setup) {
        PolicyParameters.Values values = parameters(filterList, scorerList).read(setup.parameters());
        random = setup.random();
        filters = values.objects("filters").stream()
                .map(filter -> ScoringParts.filter(filter, setup))
                .toList();
        scorers = values.objects("scorers").stream()
                .map(scorer -> ScoringParts.scorer(scorer, setup))
                .toList();
        picker = switch (values.text("picker")) {
            case "weighted-random" -> Picker.WEIGHTED_RANDOM;
            case "random" -> Picker.RANDOM;
            default -> Picker.MAX;
        };
        if (scorers.isEmpty() && picker != Picker.RANDOM) {
            throw new IllegalArgumentException("scorers: none (expected: at least one, or picker: random)");
        }
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        CandidateSet among = narrowed(candidates, request);
        sum(candidates, request, among);
        best.begin(random.nextLong());
        int drawn = picker == Picker.WEIGHTED_RANDOM ? draw(among) : -1;
        for (int k = 0; k < among.size(); k++) {
            int i = among.get(k);
            best.offer(i, i == drawn ? Double.NEGATIVE_INFINITY : picker == Picker.RANDOM ? 0 : -sums[i], 0);
        }
        best.addTo(ranks);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        CandidateSet among = narrowed(candidates, request);
        terms.term("kept", among.contains(index) ? 1 : 0);
        if (!among.contains(index)) {
            return;
        }
        double total = 0;
        for (WeightedScorer part : scorers) {
            part.scorer.score(candidates, request, among, scores);
            double score = clamped(scores[index]);
            terms.term(part.name, score);
            terms.term(part.name + ".weight", part.weight);
            total += part.weight * score;
        }
        terms.term(Terms.TOTAL, total);
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        for (WeightedScorer part : scorers) {
            part.scorer.routed(endpoint, request);
        }
    }

    @Override
    public void endpointsChanged(Candidates all) {
        for (WeightedScorer part : scorers) {
            part.scorer.endpointsChanged(all);
        }
    }

    @Override
    public Set<Need> needs() {
        EnumSet<Need> needs = EnumSet.noneOf(Need.class);
        filters.forEach(filter -> needs.addAll(filter.needs()));
        scorers.forEach(part -> needs.addAll(part.scorer.needs()));
        return needs;
    }

    private CandidateSet narrowed(Candidates candidates, PendingRequest request) {
        int size = candidates.size();
        if (scores.length < size) {
            scores = new double[size];
            sums = new double[size];
        }
        boolean onlyAvailable = candidates.anyAvailable();
        CandidateSet among = kept[0].clear();
        for (int i = 0; i < size; i++) {
            if (!onlyAvailable || candidates.available(i)) {
                among.add(i);
            }
        }
        CandidateSet next = kept[1];
        for (int f = 0; f < filters.size(); f++) {
            filters.get(f).filter(candidates, request, among, next.clear());
            if (next.size() > 0) {
                CandidateSet swapped = among;
                among = next;
                next = swapped;
            }
        }
        return among;
    }

    private void sum(Candidates candidates, PendingRequest request, CandidateSet among) {
        for (int k = 0; k < among.size(); k++) {
            sums[among.get(k)] = 0;
        }
        if (among.size() == 0) {
            return;
        }
        for (int s = 0; s < scorers.size(); s++) {
            WeightedScorer part = scorers.get(s);
            part.scorer.score(candidates, request, among, scores);
            for (int k = 0; k < among.size(); k++) {
                int i = among.get(k);
                sums[i] += part.weight * clamped(scores[i]);
            }
        }
    }

    private int draw(CandidateSet among) {
        double total = 0;
        for (int k = 0; k < among.size(); k++) {
            total += sums[among.get(k)];
        }
        double left = random.nextDouble() * total;
        for (int k = 0; k < among.size(); k++) {
            left -= sums[among.get(k)];
            if (left < 0) {
                return among.get(k);
            }
        }
        return -1;
    }

    private static double clamped(double score) {
        return Double.isNaN(score) ? 0 : Math.max(0, Math.min(1, score));
    }

    private enum Picker {
        MAX,
        WEIGHTED_RANDOM,
        RANDOM
    }

    /** A scorer and what its score is worth. */
    static final class WeightedScorer {
        private final String name;
        private final Scorer scorer;
        private final double weight;

        WeightedScorer(String name, Scorer scorer, double weight) {
            this.name = name;
            this.scorer = scorer;
            this.weight = weight;
        }
    }
}
