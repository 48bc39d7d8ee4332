package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.Cooldown.Phase;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A cooldown that hears of other processes' cooldowns. */
class HeardCooldownTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final CooldownSettings SETTINGS = CooldownSettings.DEFAULTS;
    private static final List<CoolingCause> SHARED =
            List.of(CoolingCause.THROTTLED, CoolingCause.AUTH, CoolingCause.QUOTA, CoolingCause.FAILED);

    private final Cooldown cooldown = new Cooldown();

    @Test
    void whatIsHeardCoolsToTheNanosecond() {
        assertThat(cooldown.hear(CoolingCause.THROTTLED, 5 * SECOND, 100, SETTINGS))
                .isTrue();

        assertThat(cooldown.phase(100 + 5 * SECOND - 1, SETTINGS)).isEqualTo(Phase.COOLING);
        assertThat(cooldown.phase(100 + 5 * SECOND, SETTINGS)).isEqualTo(Phase.HALF_OPEN);
        assertThat(cooldown.isThrottled(101)).isTrue();
    }

    @Test
    void orderAndRepetitionOfWhatIsHeardDoNotMatter() {
        Seeds.each(300, seed -> {
            Random random = new Random(seed);
            long start = random.nextLong(); // tickers wrap
            List<News> news = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                long at = start + random.nextInt(20) * 100L * MILLI;
                news.add(new News(SHARED.get(random.nextInt(4)), (1 + random.nextInt(10)) * 100L * MILLI, at));
            }
            Cooldown one = heard(news);
            List<News> others = new ArrayList<>(news);
            others.addAll(news.subList(0, random.nextInt(8)));
            Collections.shuffle(others, random);
            Cooldown other = heard(others);
            for (int step = 0; step < 40; step++) {
                long now = start + step * 100L * MILLI;
                assertThat(other.remainingNanos(now)).isEqualTo(one.remainingNanos(now));
                assertThat(other.firmRemainingNanos(now)).isEqualTo(one.firmRemainingNanos(now));
                assertThat(other.cause(now)).isEqualTo(one.cause(now));
            }
        });
    }

    @Test
    void shorterWaitIsHeardWithoutEffect() {
        cooldown.cool(CoolingCause.THROTTLED, 10 * SECOND, 0, 0, SETTINGS);

        assertThat(cooldown.hear(CoolingCause.THROTTLED, 5 * SECOND, SECOND, SETTINGS))
                .isFalse();

        assertThat(cooldown.remainingNanos(SECOND)).isEqualTo(9 * SECOND);
    }

    @Test
    void waitBeyondOurOwnSettingsIsCutToThem() {
        cooldown.hear(CoolingCause.THROTTLED, Long.MAX_VALUE, 0, SETTINGS);
        assertThat(cooldown.remainingNanos(0)).isEqualTo(SETTINGS.max().toNanos());

        cooldown.hear(CoolingCause.QUOTA, Duration.ofDays(1).toNanos(), 0, SETTINGS);
        assertThat(cooldown.remainingNanos(0)).isEqualTo(SETTINGS.quota().toNanos());
    }

    @Test
    void nothingIsHeardOfAWaitThatHasPassed() {
        assertThat(cooldown.hear(CoolingCause.THROTTLED, 0, 0, SETTINGS)).isFalse();
        assertThat(cooldown.hear(CoolingCause.THROTTLED, -SECOND, 0, SETTINGS)).isFalse();

        assertThat(cooldown.phase(0, SETTINGS)).isEqualTo(Phase.AVAILABLE);
    }

    @Test
    void whatIsHeardIsNoTripOfOurs() {
        cooldown.hear(CoolingCause.FAILED, 10 * SECOND, 0, SETTINGS);
        cooldown.cool(CoolingCause.FAILED, Cooldown.NO_HINT, 11 * SECOND, 12 * SECOND, SETTINGS);

        assertThat(cooldown.remainingNanos(12 * SECOND))
                .isEqualTo(SETTINGS.withoutHint().toNanos());
    }

    @Test
    void attemptThatBeganBeforeDoesNotEndWhatIsHeard() {
        cooldown.hear(CoolingCause.FAILED, 10 * SECOND, SECOND, SETTINGS);

        cooldown.succeeded(0, 2 * SECOND, SETTINGS);

        assertThat(cooldown.phase(2 * SECOND, SETTINGS)).isEqualTo(Phase.COOLING);
    }

    private static Cooldown heard(List<News> news) {
        Cooldown cooldown = new Cooldown();
        news.forEach(each -> cooldown.hear(each.cause, each.waitNanos, each.atNanos, SETTINGS));
        return cooldown;
    }

    private record News(CoolingCause cause, long waitNanos, long atNanos) {}
}
