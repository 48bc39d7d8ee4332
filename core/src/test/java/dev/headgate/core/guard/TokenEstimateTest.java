package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenEstimateTest {
    private final TokenEstimate estimate = new TokenEstimate();

    @Test
    void aTokenIsFourBytesToBeginWith() {
        assertThat(estimate.tokens(4_001, 256)).isEqualTo(1_001 + 256);
        assertThat(estimate.tokens(0, 0)).isZero();
    }

    @Test
    void aReportMovesTheFactorByATenth() {
        estimate.reported(4_000, 2_000);
        assertThat(estimate.factor()).isCloseTo(1.1, within(1e-9));
        assertThat(estimate.tokens(4_000, 0)).isEqualTo(1_100);
    }

    @Test
    void theFactorStaysBetweenAQuarterAndFour() {
        for (int i = 0; i < 100; i++) {
            estimate.reported(1, 1_000_000);
        }
        assertThat(estimate.factor()).isEqualTo(4);
        for (int i = 0; i < 100; i++) {
            estimate.reported(1_000_000, 1);
        }
        assertThat(estimate.factor()).isEqualTo(0.25);
    }

    @Test
    void whatWasNotReportedTeachesNothing() {
        estimate.reported(4_000, 0);
        estimate.reported(0, 10);
        assertThat(estimate.factor()).isEqualTo(1);
    }

    @Test
    void noRequestCostsMoreThanCanBeAddedUp() {
        assertThat(estimate.tokens(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(1_000_000_000_000L);
        assertThat(estimate.tokens(400, Long.MAX_VALUE)).isEqualTo(1_000_000_000_000L);
    }
}
