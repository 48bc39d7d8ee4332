package dev.headgate.core.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RanksTest {
    private final Ranks ranks = new Ranks();

    @Test
    void endpointsKeepTheOrderInWhichTheyWereAdded() {
        ranks.reset(3);
        ranks.add(2).add(0).next().add(1);

        assertThat(ranks).hasToString("[2, 0] [1]");
        assertThat(ranks.count()).isEqualTo(2);
        assertThat(ranks.size(0)).isEqualTo(2);
        assertThat(ranks.get(1, 0)).isEqualTo(1);
    }

    @Test
    void repeatsAndEmptyRanksDoNotCount() {
        ranks.reset(3);
        ranks.next().add(1).add(1).next().next().add(1).next().add(0).next();

        assertThat(ranks).hasToString("[1] [0]");
    }

    @Test
    void resetForgetsEverything() {
        ranks.reset(200);
        for (int i = 199; i >= 0; i--) {
            ranks.add(i).next();
        }
        ranks.retryAtOnce();
        assertThat(ranks.count()).isEqualTo(200);
        assertThat(ranks.get(199, 0)).isZero();

        ranks.reset(70);
        assertThat(ranks.count()).isZero();
        assertThat(ranks.retriesAtOnce()).isFalse();
        assertThat(ranks.add(69)).hasToString("[69]");
    }

    @Test
    void anUnknownCandidateIsNamed() {
        ranks.reset(2);

        assertThatThrownBy(() -> ranks.add(2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("candidate: 2 (expected: 0 to 1)");
    }
}
