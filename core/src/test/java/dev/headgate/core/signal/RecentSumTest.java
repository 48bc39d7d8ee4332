package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RecentSumTest {
    private static final long MINUTE = 60_000_000_000L;

    private final RecentSum sum = new RecentSum(MINUTE);

    @Test
    void halfIsLeftAfterEachHalfLife() {
        sum.add(100, -MINUTE);
        assertThat(sum.at(-MINUTE)).isEqualTo(100);
        assertThat(sum.at(0)).isCloseTo(50, within(1e-9));
        sum.add(10, 0);
        assertThat(sum.at(MINUTE)).isCloseTo(30, within(1e-9));
    }

    @Test
    void withoutAmountsItIsNothing() {
        assertThat(sum.at(Long.MAX_VALUE)).isZero();
        sum.add(1, 0);
        assertThat(sum.at(10_000 * MINUTE)).isZero();
    }
}
