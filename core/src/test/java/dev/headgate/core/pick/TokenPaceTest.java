package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.signal.EngineModel;
import org.junit.jupiter.api.Test;

class TokenPaceTest {
    /** A token takes a millisecond for each request. */
    private static final EngineModel ENGINE = new EngineModel(0, 0, 0, 0, 1e-3, 0, 1);

    private final TokenPace pace = new TokenPace(2, 0.05, 1);

    @Test
    void shareThatBreachesRisesAroundTheTarget() {
        assertThat(pace.breaching(ENGINE, 40, 0)).isCloseTo(0, within(1e-9));
        assertThat(pace.breaching(ENGINE, 50, 0)).isCloseTo(0.5, within(1e-9));
        assertThat(pace.breaching(ENGINE, 60, 0)).isCloseTo(1, within(1e-9));
        assertThat(pace.breaching(ENGINE, 6000, 0)).isEqualTo(1);
    }

    @Test
    void nobodyBreachesFarBelowTheTarget() {
        assertThat(pace.seconds(ENGINE, 30, 0, 1000)).isZero();
    }

    @Test
    void requestCostsTheBreachesOfOthersAndItsOwn() {
        assertThat(pace.seconds(ENGINE, 50, 0, 1000)).isCloseTo(2 * (49 * 0.05 + 0.5), within(1e-9));
    }

    @Test
    void requestCostsItselfWhereAllBreach() {
        assertThat(pace.seconds(ENGINE, 80, 0, 1000)).isEqualTo(2);
        assertThat(pace.seconds(ENGINE, 8000, 0, 1000)).isEqualTo(2);
    }

    @Test
    void tokensOfThePromptAreOfTheLoadAfterIt() {
        EngineModel byTokens = new EngineModel(0, 0, 0, 0, 0, 1e-6, 1);
        assertThat(pace.seconds(byTokens, 2, 50_000, 1000)).isCloseTo(2 * (0.05 + 0.5), within(1e-9));
    }

    @Test
    void delayOfWhoBreachesAnywayIsFreeUntilPromptsAreLateToo() {
        assertThat(pace.delayed(0, 0.1)).isEqualTo(1);
        assertThat(pace.delayed(1, 0)).isZero();
        assertThat(pace.delayed(1, 0.25)).isCloseTo(0.25, within(1e-9));
        assertThat(pace.delayed(1, 0.5)).isEqualTo(1);
        assertThat(pace.delayed(1, 100)).isEqualTo(1);
    }

    @Test
    void withoutAPriceNobodyBreaches() {
        TokenPace off = new TokenPace(0, 0.05, 1);
        assertThat(off.breaching(ENGINE, 100, 0)).isZero();
        assertThat(off.seconds(ENGINE, 100, 0, 1000)).isZero();
    }
}
