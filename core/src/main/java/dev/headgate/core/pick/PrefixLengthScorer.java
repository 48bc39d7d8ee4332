package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import java.util.Set;

/** {@code prefix-length}: (1 − v)·m + v·min(1, hit ÷ 8,192)²: the share that is held, mixed with how long that is. llm-d. */
final class PrefixLengthScorer implements Scorer {
    private static final double SCALE_TOKENS = 8192;

    private final double lengthWeight;

    PrefixLengthScorer(double lengthWeight) {
        this.lengthWeight = lengthWeight;
    }

    @Override
    public void score(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, double[] scores) {
        for (int k = 0; k < among.size(); k++) {
            int i = among.get(k);
            double length = Math.min(1, LowestCostRouter.hit(candidates, request, i) / SCALE_TOKENS);
            scores[i] = (1 - lengthWeight) * LowestCostRouter.match(candidates, request, i)
                    + lengthWeight * length * length;
        }
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }
}
