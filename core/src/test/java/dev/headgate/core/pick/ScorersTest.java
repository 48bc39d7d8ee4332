package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScorersTest {
    @Test
    void everyScoreIsBetweenZeroAndOneOrUnknown() {
        List<Scorer> scorers = new ArrayList<>(List.of(SignalScorer.values()));
        scorers.add(new PrefixLengthScorer(0.3));
        scorers.add(new NoHitLruScorer());
        scorers.add(new SessionScorer(new SessionPart(() -> 0)));
        Seeds.each(300, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            FakeCandidates candidates = FakeCandidates.random(random, 500);
            CandidateSet among = new CandidateSet().fill(candidates.size());
            FakeRequest request =
                    FakeRequest.of(seed).tokens(random.nextInt(500)).session("s");
            for (Scorer scorer : scorers) {
                double[] scores = new double[candidates.size()];
                scorer.score(candidates, request, among, scores);
                for (double score : scores) {
                    assertThat(Double.isNaN(score) || (score >= 0 && score <= 1))
                            .as("%s: %s", scorer, score)
                            .isTrue();
                }
            }
        });
    }
}
