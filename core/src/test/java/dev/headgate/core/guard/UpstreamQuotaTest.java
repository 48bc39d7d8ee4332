package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamQuotaTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final UpstreamQuota quota = new UpstreamQuota();

    @Test
    void nothingIsSpentBeforeAnAnswer() {
        quota.begun(1_000);
        assertThat(quota.isNearlySpent(1_000_000, 0.98, 0)).isFalse();
    }

    @Test
    void requestsBegunSinceTheAnswerAreSubtracted() {
        answered("x-ratelimit-remaining-requests", "2", "x-ratelimit-reset-requests", "10s");
        quota.begun(1);
        assertThat(quota.isNearlySpent(1, 0.98, 0)).isFalse();
        quota.begun(1);
        assertThat(quota.isNearlySpent(1, 0.98, 0)).isTrue();
    }

    @Test
    void theLastShareOfTheTokensIsLeft() {
        answered("x-ratelimit-limit-tokens", "1000", "x-ratelimit-remaining-tokens", "120");
        assertThat(quota.isNearlySpent(100, 0.98, 0)).isFalse();
        assertThat(quota.isNearlySpent(101, 0.98, 0)).isTrue();
        quota.begun(1);
        assertThat(quota.isNearlySpent(100, 0.98, 0)).isTrue();
    }

    @Test
    void withoutALimitTheTokensAreSpentToTheLast() {
        answered("x-ratelimit-remaining-tokens", "120");
        assertThat(quota.isNearlySpent(120, 0.98, 0)).isFalse();
        assertThat(quota.isNearlySpent(121, 0.98, 0)).isTrue();
    }

    @Test
    void anAnswerStandsUntilItsReset() {
        answered("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "1m2.5s");
        assertThat(quota.isNearlySpent(1, 0.98, 62 * SECOND)).isTrue();
        assertThat(quota.isNearlySpent(1, 0.98, 62 * SECOND + SECOND / 2)).isFalse();
    }

    @Test
    void aResetMayBeANumberOfSeconds() {
        answered("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "7");
        assertThat(quota.isNearlySpent(1, 0.98, 7 * SECOND - 1)).isTrue();
        assertThat(quota.isNearlySpent(1, 0.98, 7 * SECOND)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-3"})
    void withoutAUsableResetAnAnswerStandsForAMinute(String reset) {
        answered("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", reset);
        assertThat(quota.isNearlySpent(1, 0.98, 60 * SECOND - 1)).isTrue();
        assertThat(quota.isNearlySpent(1, 0.98, 60 * SECOND)).isFalse();
    }

    @Test
    void aNonsensicalResetStandsForAnHour() {
        answered("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "99999999999999999999");
        assertThat(quota.isNearlySpent(1, 0.98, 3_600 * SECOND - 1)).isTrue();
        assertThat(quota.isNearlySpent(1, 0.98, 3_600 * SECOND)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "none", "", "NaN", "1e3", "99999999999999999999"})
    void whatIsNoNumberIsUnknownAndNotSpent(String remaining) {
        answered("x-ratelimit-remaining-requests", "0");
        answered(
                "x-ratelimit-remaining-requests",
                remaining,
                "x-ratelimit-remaining-tokens",
                remaining,
                "x-ratelimit-limit-tokens",
                "-1",
                "x-ratelimit-reset-tokens",
                "0");
        assertThat(quota.isNearlySpent(1_000, 0.98, 0)).isFalse();
    }

    @Test
    void anAnswerThatSaysNothingChangesNothing() {
        answered("x-ratelimit-remaining-requests", "0");
        answered("content-type", "application/json");
        assertThat(quota.isNearlySpent(1, 0.98, 0)).isTrue();
    }

    @Test
    void theNextAnswerReplacesWhatWasCounted() {
        answered("x-ratelimit-remaining-requests", "1");
        quota.begun(1);
        answered("x-ratelimit-remaining-requests", "1");
        assertThat(quota.isNearlySpent(1, 0.98, 0)).isFalse();
    }

    @Test
    void whatWasBegunButNotSentIsTakenBack() {
        answered("x-ratelimit-remaining-requests", "1", "x-ratelimit-remaining-tokens", "10");
        quota.begun(10);
        quota.takenBack(10);
        assertThat(quota.isNearlySpent(10, 0.98, 0)).isFalse();
        quota.takenBack(10); // begun before the answer
        quota.begun(1);
        assertThat(quota.isNearlySpent(1, 0.98, 0)).isTrue();
    }

    @Test
    void aLimitBeyondAnyNumberIsUnknown() {
        answered("x-ratelimit-limit-tokens", "9223372036854775807", "x-ratelimit-remaining-tokens", "1000");
        assertThat(quota.isNearlySpent(1_000, 0.98, 0)).isFalse();
    }

    @Test // Azure's Responses API sends these
    void minusOneTwiceAndAResetOfZeroSayNothing() {
        answered(
                "x-ratelimit-limit-tokens",
                "-1",
                "x-ratelimit-remaining-tokens",
                "-1",
                "x-ratelimit-reset-tokens",
                "0",
                "x-ratelimit-remaining-requests",
                "-1");
        assertThat(quota.isNearlySpent(1_000_000, 0.98, 0)).isFalse();
    }

    @Test
    void orderAndRepetitionOfWhatOthersWereToldDoNotMatter() {
        Seeds.each(200, seed -> {
            Random random = new Random(seed);
            List<QuotaReport> reports = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                reports.add(new QuotaReport(random.nextInt(3), 5_000, random.nextInt(1_000), 1_000, 5_000));
            }
            List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 2, 5, 0));
            Collections.shuffle(order, random);
            UpstreamQuota heard = new UpstreamQuota();
            order.forEach(stamp -> heard.hear(reports.get(stamp), stamp, 0));
            UpstreamQuota newest = new UpstreamQuota();
            newest.hear(reports.get(5), 5, 0);
            for (int cost = 0; cost < 1_000; cost += 50) {
                assertThat(heard.isNearlySpent(cost, 0.98, 0)).isEqualTo(newest.isNearlySpent(cost, 0.98, 0));
            }
        });
    }

    @Test
    void whatOthersWereToldPassesWithItsReset() {
        quota.hear(new QuotaReport(0, 2_000, QuotaReport.UNKNOWN, QuotaReport.UNKNOWN, 0), 1, SECOND);

        assertThat(quota.isNearlySpent(1, 0.98, 3 * SECOND - 1)).isTrue();
        assertThat(quota.isNearlySpent(1, 0.98, 3 * SECOND)).isFalse();
    }

    private void answered(String name, String value, String... more) {
        Map<String, String> fields = new HashMap<>(Map.of(name, value));
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        HeaderFields headers = field -> fields.containsKey(field) ? List.of(fields.get(field)) : List.of();
        quota.answered(headers, 0);
    }
}
