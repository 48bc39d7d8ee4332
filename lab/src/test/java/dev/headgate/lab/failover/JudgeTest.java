package dev.headgate.lab.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final ReceivedAnswer WHOLE =
            new ReceivedAnswer(ReceivedAnswer.Kind.WHOLE, "fallback-s01", 92, List.of(), "");
    private static final Limit MET = _ -> Optional.empty();
    private static final Limit MISSED = _ -> Optional.of("too late");

    private static Evidence evidence(String body, int status, ReceivedAnswer... answers) {
        Reception reception = new Reception(0, status, Map.of(), body, List.of(), Reception.Ending.CLEAN, 1);
        return new Evidence(
                LaneModels.of("s01"),
                List.of(answers).stream().map(_ -> reception).toList(),
                List.of(answers),
                List.of(),
                List.of());
    }

    private static Judge.Finding judge(Ideal ideal, ReceivedAnswer... answers) {
        return Judge.judge(ideal, evidence("", 200, answers));
    }

    private static Judge.Finding judgeRefusal(String body, int status, ReceivedAnswer answer, Limit... limits) {
        return Judge.judge(Ideal.refusal(400, "policy", "{\"policy\"}", limits), evidence(body, status, answer));
    }

    @Test
    void wholeAnswerWithinTheLimitsPasses() {
        assertThat(judge(Ideal.wholeAnswer(MET), WHOLE)).isEqualTo(new Judge.Finding(Score.PASS, ""));
    }

    @Test
    void wholeAnswerBeyondALimitIsPartial() {
        assertThat(judge(Ideal.wholeAnswer(MET, MISSED), WHOLE))
                .isEqualTo(new Judge.Finding(Score.PARTIAL, "too late"));
    }

    @Test
    void wholeAnswerWithAFlawIsPartial() {
        ReceivedAnswer flawed = new ReceivedAnswer(ReceivedAnswer.Kind.WHOLE, "m", 0, List.of("no usage"), "");
        assertThat(judge(Ideal.wholeAnswer(), flawed)).isEqualTo(new Judge.Finding(Score.PARTIAL, "no usage"));
    }

    @Test
    void errorIsSafeWhateverTheLimits() {
        assertThat(judge(Ideal.wholeAnswer(MISSED), ReceivedAnswer.refused("502")))
                .isEqualTo(new Judge.Finding(Score.SAFE, "502"));
        assertThat(judge(Ideal.wholeAnswer(), ReceivedAnswer.interrupted("gone"))
                        .score())
                .isEqualTo(Score.SAFE);
    }

    @Test
    void worstOfSeveralAnswersCounts() {
        Judge.Finding finding =
                judge(Ideal.wholeAnswer(), WHOLE, ReceivedAnswer.wrong("truncated"), ReceivedAnswer.refused("502"));
        assertThat(finding).isEqualTo(new Judge.Finding(Score.FAIL, "request 2: truncated; request 3: 502"));
    }

    @Test
    void providersRefusalUnchangedPasses() {
        assertThat(judgeRefusal("{\"policy\"}", 400, ReceivedAnswer.refused("")).score())
                .isEqualTo(Score.PASS);
    }

    @Test
    void providersRefusalInOtherWordsOrAfterMoreTriesIsPartial() {
        assertThat(judgeRefusal("wrapped: {\"policy\"}", 400, ReceivedAnswer.refused(""))
                        .score())
                .isEqualTo(Score.PARTIAL);
        assertThat(judgeRefusal("{\"policy\"}", 400, ReceivedAnswer.refused(""), MISSED)
                        .score())
                .isEqualTo(Score.PARTIAL);
    }

    @Test
    void answerInPlaceOfARefusalIsPartialAndAnotherErrorSafe() {
        assertThat(judgeRefusal("", 200, WHOLE).score()).isEqualTo(Score.PARTIAL);
        assertThat(judgeRefusal("{}", 500, ReceivedAnswer.refused("500")).score())
                .isEqualTo(Score.SAFE);
    }

    @Test
    void figureThatIsNoNumberMissesItsLimit() {
        Limit limit = Limit.within("gap", _ -> Double.NaN, 2.0, 2.6);
        assertThat(limit.missed(evidence("", 200, WHOLE))).contains("gap: NaN (ideal: 2 to 2.60)");
    }
}
