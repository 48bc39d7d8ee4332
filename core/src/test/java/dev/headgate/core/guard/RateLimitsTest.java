package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.RateLimits.Reservation;
import dev.headgate.core.pool.BackendLimits;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void noLimitsAreOneObjectThatAdmitsAll() {
        RateLimits limits = RateLimits.of(BackendLimits.NONE, 0);
        assertThat(limits).isSameAs(RateLimits.NONE);
        assertThat(limits.waitNanos(Long.MAX_VALUE, 0)).isZero();
        Reservation reservation = reserve(limits, Long.MAX_VALUE, 0);
        assertThat(reservation).isSameAs(reserve(limits, 1, 0));
        reservation.settle(7, 0);
        reservation.refund(0);
    }

    @Test
    void aRequestThatLacksTokensTakesNoRequestEither() {
        RateLimits limits = RateLimits.of(new BackendLimits(12, 60, 0, 0), 0);
        assertThat(limits.tryReserve(10, 0)).isNotNull();
        assertThat(limits.tryReserve(51, 0)).isNull();
        assertThat(limits.tryReserve(50, 0)).isNotNull();
    }

    @Test
    void whatCostsMoreThanEverFitsGoesWhenNothingIsBeforeIt() {
        RateLimits limits = RateLimits.of(new BackendLimits(6, 60, 0, 0), 0);
        reserve(limits, 1, 0);
        assertThat(limits.tryReserve(100, 0)).isNull();
        assertThat(limits.waitNanos(100, 0)).isEqualTo(10 * SECOND);

        Reservation large = reserve(limits, 100, 10 * SECOND);
        assertThat(limits.waitNanos(1, 10 * SECOND)).as("as if it cost 60").isEqualTo(10 * SECOND);
        large.settle(90, 10 * SECOND);
        assertThat(limits.waitNanos(1, 10 * SECOND))
                .as("what it used beyond is a debt")
                .isEqualTo(31 * SECOND);
    }

    @Test
    void theLongerWaitCounts() {
        RateLimits limits = RateLimits.of(new BackendLimits(6, 60, 0, 0), 0);
        limits.tryReserve(55, 0);
        assertThat(limits.waitNanos(1, 0)).isEqualTo(10 * SECOND);
        assertThat(limits.waitNanos(60, 0)).isEqualTo(55 * SECOND);
        assertThat(limits.tryReserve(1, 0)).isNull();
    }

    @Test
    void aRefundGivesBackBoth() {
        RateLimits limits = RateLimits.of(new BackendLimits(6, 60, 0, 0), 0);
        reserve(limits, 60, 0).refund(0);
        assertThat(limits.waitNanos(60, 0)).isZero();
    }

    @Test
    void settlingKeepsTheRequest() {
        RateLimits limits = RateLimits.of(new BackendLimits(6, 60, 0, 0), 0);
        reserve(limits, 60, 0).settle(10, 0);
        assertThat(limits.waitNanos(50, 0)).isEqualTo(10 * SECOND);
        assertThat(limits.waitNanos(50, 10 * SECOND)).isZero();
    }

    @Test
    void requestsAloneMayBeLimited() {
        RateLimits limits = RateLimits.of(new BackendLimits(6, 0, 0, 0), 0);
        reserve(limits, Long.MAX_VALUE, 0).settle(Long.MAX_VALUE, 0);
        assertThat(limits.waitNanos(1, 0)).isEqualTo(10 * SECOND);
    }

    private static Reservation reserve(RateLimits limits, long tokens, long nowNanos) {
        return Objects.requireNonNull(limits.tryReserve(tokens, nowNanos));
    }
}
