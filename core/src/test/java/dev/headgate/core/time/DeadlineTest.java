package dev.headgate.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void neverPassesIfItIsNotSet() {
        assertThat(Deadline.NEVER.isPast(Long.MAX_VALUE)).isFalse();
        assertThat(Deadline.NEVER.remainingNanos(5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void passesAtItsMoment() {
        Deadline deadline = Deadline.after(100, Duration.ofNanos(50));
        assertThat(deadline.isPast(149)).isFalse();
        assertThat(deadline.remainingNanos(149)).isEqualTo(1);
        assertThat(deadline.isPast(150)).isTrue();
        assertThat(deadline.remainingNanos(200)).isZero();
    }

    @Test
    void standsWhileTheTickerWraps() {
        Deadline deadline = Deadline.after(Long.MAX_VALUE - 10, Duration.ofNanos(30));
        assertThat(deadline.isPast(Long.MAX_VALUE)).isFalse();
        assertThat(deadline.remainingNanos(Long.MIN_VALUE)).isEqualTo(19);
        assertThat(deadline.isPast(Long.MIN_VALUE + 19)).isTrue();
    }
}
