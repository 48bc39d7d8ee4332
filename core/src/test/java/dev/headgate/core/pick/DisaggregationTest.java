package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headgate.core.pick.Disaggregation.Plan;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisaggregationTest {
    private final FakeCandidates candidates = FakeCandidates.of(3);
    private final FakeRequest request = FakeRequest.of(1).tokens(8000);

    @Test
    void anIdleEndpointComputesForOneThatIsBusy() {
        role(0, "decode");
        role(1, "prefill");
        role(2, "prefill");
        candidates.at(0).pendingTokens = 4000;
        candidates.at(1).pendingTokens = 1000;

        assertThat(plan(0).prefill()).containsExactly(2, 1);
    }

    @Test
    void theWayMustBeWorthIt() {
        role(1, "prefill");
        role(2, "decode");
        candidates.at(0).pendingTokens = 1000; // 22.2 ms behind others, and the way takes 24 ms

        assertThat(plan(0)).isEqualTo(Plan.NONE);
        assertThat(new Disaggregation(2048, 2e-6).plan(candidates, request, 0).prefill())
                .containsExactly(1);
    }

    @Test
    void aPromptThatIsMostlyThereStays() {
        role(1, "prefill");
        candidates.at(0).pendingTokens = 100_000;
        candidates.at(0).cachedTokens = 5953;
        assertThat(plan(0).isSplit()).as("2,047 tokens are left").isFalse();
        candidates.at(0).cachedTokens = 5952;
        assertThat(plan(0).isSplit()).as("2,048 tokens are left").isTrue();
    }

    @Test
    void whoHoldsThePromptComputesIt() {
        role(1, "prefill");
        role(2, "prefill");
        candidates.at(0).pendingTokens = 4000;
        candidates.at(1).cachedTokens = 6000;
        candidates.at(1).pendingTokens = 3000;

        assertThat(plan(0).prefill()).containsExactly(1, 2);
    }

    @Test
    void aFullEndpointComputesNothing() {
        role(1, "prefill");
        candidates.at(0).pendingTokens = 4000;
        candidates.at(1).maxOngoing = 1;
        candidates.at(1).inFlight = 1;

        assertThat(plan(0)).isEqualTo(Plan.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "'', true, false",
        "decode, true, false",
        "prefill, false, true",
        "both, true, true",
        "prefill-decode, true, true",
        "encode, false, false",
        "encode-prefill, false, true",
        "encode-prefill-decode, true, true",
    })
    void rolesSayWhoDoesWhat(String role, boolean mayDecode, boolean mayPrefill) {
        if (!role.isEmpty()) {
            role(0, role);
        }
        assertThat(Disaggregation.mayDecode(candidates, 0)).isEqualTo(mayDecode);
        assertThat(Disaggregation.mayPrefill(candidates, 0)).isEqualTo(mayPrefill);
    }

    @Test
    void impossibleSettingsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Disaggregation(0, 0))
                .withMessage("minUncached: 0 (expected: >= 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Disaggregation(1, Double.NaN))
                .withMessage("secondsPerToken: NaN (expected: >= 0)");
    }

    private Plan plan(int decode) {
        return Disaggregation.DEFAULTS.plan(candidates, request, decode);
    }

    private void role(int index, String role) {
        candidates.at(index).labels = Map.of(Disaggregation.ROLE, role);
    }
}
