package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.Cooldown.Phase;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.testing.Seeds;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CooldownTest {
    private static final long SECOND = 1_000_000_000L;
    private static final CooldownSettings SETTINGS = CooldownSettings.DEFAULTS;

    private final Cooldown cooldown = new Cooldown();

    @Test
    void newOneIsAvailable() {
        assertThat(cooldown.phase(0, SETTINGS)).isEqualTo(Phase.AVAILABLE);
        assertThat(cooldown.remainingNanos(0)).isZero();
        assertThat(cooldown.cause(0)).isNull();
    }

    @Test
    void hintIsObeyedToTheNanosecond() {
        cooldown.cool(CoolingCause.THROTTLED, 44 * SECOND, 0, 0, SETTINGS);

        assertThat(cooldown.phase(44 * SECOND - 1, SETTINGS)).isEqualTo(Phase.COOLING);
        assertThat(cooldown.phase(44 * SECOND, SETTINGS)).isEqualTo(Phase.HALF_OPEN);
    }

    @Test
    void hintIsCappedButQuotaIsNot() {
        cooldown.cool(CoolingCause.THROTTLED, 3600 * SECOND, 0, 0, SETTINGS);
        assertThat(cooldown.remainingNanos(0)).isEqualTo(120 * SECOND);

        cooldown.cool(CoolingCause.QUOTA, Cooldown.NO_HINT, 0, 0, SETTINGS);
        assertThat(cooldown.remainingNanos(0)).isEqualTo(300 * SECOND);
    }

    @Test
    void hintOfZeroChangesNothing() {
        assertThat(cooldown.cool(CoolingCause.THROTTLED, 0, 0, 0, SETTINGS)).isFalse();

        assertThat(cooldown.phase(0, SETTINGS)).isEqualTo(Phase.AVAILABLE);
    }

    @Test
    void waitWithoutAHintDoublesUpToItsLimit() {
        assertThat(tripAt(0)).isEqualTo(10 * SECOND);
        assertThat(tripAt(11 * SECOND)).isEqualTo(20 * SECOND);
        assertThat(tripAt(32 * SECOND)).isEqualTo(20 * SECOND);
    }

    @Test
    void successEndsTheDoubling() {
        tripAt(0);
        cooldown.succeeded(11 * SECOND, 12 * SECOND, SETTINGS);

        assertThat(tripAt(13 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void attemptsThatFailTogetherAreOneTrip() {
        for (int i = 0; i < 64; i++) {
            cooldown.cool(CoolingCause.FAILED, Cooldown.NO_HINT, 0, SECOND, SETTINGS);
        }

        assertThat(cooldown.remainingNanos(SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void shorterWaitDoesNotShortenTheOneInForce() {
        cooldown.cool(CoolingCause.THROTTLED, 44 * SECOND, 0, 0, SETTINGS);
        cooldown.cool(CoolingCause.THROTTLED, 4 * SECOND, 0, SECOND, SETTINGS);

        assertThat(cooldown.remainingNanos(SECOND)).isEqualTo(43 * SECOND);
    }

    @Test
    void successClearsFailuresOfBeforeItsAttempt() {
        cooldown.cool(CoolingCause.FAILED, Cooldown.NO_HINT, 0, 0, SETTINGS);

        assertThat(cooldown.succeeded(SECOND, 2 * SECOND, SETTINGS)).isTrue();
        assertThat(cooldown.phase(2 * SECOND, SETTINGS)).isEqualTo(Phase.AVAILABLE);
    }

    @Test
    void successOfAnAttemptFromBeforeClearsNothing() {
        cooldown.cool(CoolingCause.FAILED, Cooldown.NO_HINT, 0, SECOND, SETTINGS);

        assertThat(cooldown.succeeded(0, 2 * SECOND, SETTINGS)).isFalse();
        assertThat(cooldown.phase(2 * SECOND, SETTINGS)).isEqualTo(Phase.COOLING);
    }

    @Test
    void successDoesNotClearWhatTheUpstreamAskedFor() {
        cooldown.cool(CoolingCause.THROTTLED, 5 * SECOND, 0, 0, SETTINGS);
        cooldown.cool(CoolingCause.FAILED, 9 * SECOND, 0, 0, SETTINGS);

        cooldown.succeeded(SECOND, 2 * SECOND, SETTINGS);

        assertThat(cooldown.remainingNanos(2 * SECOND)).isEqualTo(3 * SECOND);
        assertThat(cooldown.cause(2 * SECOND)).isEqualTo(CoolingCause.THROTTLED);
    }

    @Test
    void probeThatIsAliveLetsTheWeightGrow() {
        cooldown.cool(CoolingCause.FAILED, 10 * SECOND, 0, 0, SETTINGS);
        cooldown.alive(10 * SECOND, 11 * SECOND, SETTINGS);

        assertThat(cooldown.phase(11 * SECOND, SETTINGS)).isEqualTo(Phase.RECOVERING);
        assertThat(cooldown.share(11 * SECOND, SETTINGS)).isEqualTo(0.1);
        assertThat(cooldown.share(16 * SECOND, SETTINGS)).isEqualTo(0.5);
        assertThat(cooldown.phase(21 * SECOND, SETTINGS)).isEqualTo(Phase.AVAILABLE);
    }

    @Test
    void onlyOneHasThePermit() {
        Cooldown.Probe first = Objects.requireNonNull(cooldown.tryProbe(0));

        assertThat(cooldown.tryProbe(1)).isNull();
        cooldown.release(first);
        assertThat(cooldown.tryProbe(2)).isNotNull();
    }

    @Test
    void permitThatIsKeptPassesOnAfterThirtySeconds() {
        Cooldown.Probe first = Objects.requireNonNull(cooldown.tryProbe(0));
        Cooldown.Probe second = cooldown.tryProbe(30 * SECOND);

        assertThat(second).isNotNull();
        cooldown.release(first);
        assertThat(cooldown.hasProbe(30 * SECOND)).isFalse();
    }

    @Test
    void withoutProbesItGrowsFromTheEndOfTheWait() {
        CooldownSettings noProbes = new CooldownSettings(
                SETTINGS.withoutHint(),
                SETTINGS.maxWithoutHint(),
                SETTINGS.max(),
                SETTINGS.quota(),
                SETTINGS.auth(),
                0,
                Duration.ZERO,
                false,
                SETTINGS.slowStart());
        cooldown.cool(CoolingCause.FAILED, 10 * SECOND, 0, 0, noProbes);

        assertThat(cooldown.phase(12 * SECOND, noProbes)).isEqualTo(Phase.RECOVERING);
        assertThat(cooldown.share(12 * SECOND, noProbes)).isEqualTo(0.2);
        assertThat(cooldown.phase(20 * SECOND, noProbes)).isEqualTo(Phase.AVAILABLE);
    }

    @Test
    void longestWaitCountsWhateverTheClockReads() {
        Seeds.each(200, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Cooldown one = new Cooldown();
            long now = random.nextLong();
            long until = now;
            for (int i = 0; i < 20; i++) {
                now += random.nextLong(SECOND);
                long wait = 1 + random.nextLong(100 * SECOND);
                one.cool(CoolingCause.THROTTLED, wait, now, now, SETTINGS);
                until = until - (now + wait) > 0 ? until : now + wait;
                assertThat(one.remainingNanos(now)).isEqualTo(until - now);
            }
        });
    }

    private long tripAt(long now) {
        cooldown.cool(CoolingCause.FAILED, Cooldown.NO_HINT, now, now + 1, SETTINGS);
        return cooldown.remainingNanos(now + 1);
    }
}
