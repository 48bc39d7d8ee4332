package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryHintsTest {
    /** Sun, 06 Nov 1994 08:49:37 GMT. */
    private static final long NOW = 784_111_777_000L;

    private static final long MAX = 120_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after-ms: 300 | retry-after: 5 | 300 | retry-after-ms",
                "x-ms-retry-after-ms: 250 | retry-after: 5 | 250 | x-ms-retry-after-ms",
                "x-ms-retry-after-ms: 250 | retry-after-ms: 300 | 300 | retry-after-ms",
                "retry-after: 5 | x-ratelimit-reset: 9 | 5000 | retry-after",
                "retry-after: soon | x-ratelimit-reset: 9 | 9000 | x-ratelimit-reset",
                "retry-after: -1 | x-ratelimit-reset-tokens: 1.2s | 1200 | x-ratelimit-reset-tokens",
                "retry-after-ms: 1.2 | x: y | 2 | retry-after-ms",
                "retry-after: 0 | x: y | 0 | retry-after",
                "retry-after: 999999999999999999999 | x: y | 120000 | retry-after",
                "retry-after: 121 | x: y | 120000 | retry-after"
            })
    void firstUsableRowWins(String one, String other, long millis, String source) {
        assertThat(read(one, other)).isEqualTo(new RetryHint(millis, source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:47 GMT",
                "Sunday, 06-Nov-94 08:49:47 GMT",
                "Sun Nov  6 08:49:47 1994",
                "sun, 06 nov 1994 08:49:47 gmt",
                "Sun, 06 Nov 1994 08:49:47 UTC",
                "Sun, 06 Nov 1994 08:49:47 +0000",
                " Mon, 06 Nov 1994 08:49:47 GMT "
            })
    void datesOfAllFormsAreRead(String date) {
        assertThat(read("retry-after: " + date)).isEqualTo(new RetryHint(10_000, "retry-after"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:47 PST",
                "Sun, 31 Feb 1994 08:49:47 GMT",
                "Sun, 00 Nov 1994 08:49:47 GMT",
                "Sun, 06 Foo 1994 08:49:47 GMT",
                "Foo, 06 Nov 1994 08:49:47 GMT",
                "Sun, 06 Nov 94 08:49:47 GMT",
                "Sun, 06 Nov 1994 24:49:47 GMT",
                "Sun, 06 Nov 1994 08:49:47",
                "Sun, 06 Nov 1994 08:49:47 GMT x",
                "1994-11-06T08:49:47Z",
                "Sun"
            })
    void whatIsNoDateIsSkipped(String date) {
        assertThat(read("retry-after: " + date)).isEqualTo(RetryHint.NONE);
    }

    @Test
    void dateIsTakenRelativeToTheAnswersOwnDate() {
        assertThat(read("Date: Sun, 06 Nov 1994 08:00:00 GMT", "retry-after: Sun, 06 Nov 1994 08:00:07 GMT")
                        .millis())
                .isEqualTo(7000);
    }

    @Test
    void pastDateIsZero() {
        assertThat(read("retry-after: Sun, 06 Nov 1994 08:49:36 GMT").millis()).isZero();
    }

    @Test
    void twoDigitYearFarAheadIsPast() {
        assertThat(read("retry-after: Sunday, 06-Nov-45 08:49:47 GMT").millis()).isZero();
        assertThat(read("retry-after: Sunday, 06-Nov-44 08:49:47 GMT").millis()).isEqualTo(MAX);
    }

    @ParameterizedTest
    @CsvSource({"784111780,3000", "784111780000,3000", "2.5,2500", "6m0s,120000", "784111777.5,500", "2591999,120000"})
    void resetIsADurationSecondsOrAnEpoch(String reset, long millis) {
        assertThat(read("x-ratelimit-reset: " + reset)).isEqualTo(new RetryHint(millis, "x-ratelimit-reset"));
    }

    @Test
    void pastEpochIsGarbage() {
        assertThat(read("x-ratelimit-reset: 784111776")).isEqualTo(RetryHint.NONE);
        assertThat(read("x-ratelimit-reset: 784111776999")).isEqualTo(RetryHint.NONE);
    }

    @Test
    void longestOfTheSpentBucketsCounts() {
        assertThat(read(
                        "x-ratelimit-remaining-requests: 0",
                        "x-ratelimit-reset-requests: 60s",
                        "x-ratelimit-remaining-tokens: 0",
                        "x-ratelimit-reset-tokens: 1s",
                        "x-ratelimit-remaining-requests-day: 5",
                        "x-ratelimit-reset-requests-day: 90s"))
                .isEqualTo(new RetryHint(60_000, "x-ratelimit-reset-requests"));
    }

    @Test
    void spentBucketBeatsTheSoonerOne() {
        assertThat(RetryHints.read(
                                Fields.of(
                                        "x-ratelimit-remaining-requests: 0",
                                        "x-ratelimit-reset-requests: 6m0s",
                                        "x-ratelimit-reset-tokens: 1s"),
                                "",
                                0,
                                Long.MAX_VALUE)
                        .millis())
                .isEqualTo(360_000);
    }

    @Test
    void shortestOfAllCountsIfNoneIsSpent() {
        assertThat(read("x-ratelimit-reset-requests: 60s", "x-ratelimit-reset-tokens-minute: 3"))
                .isEqualTo(new RetryHint(3000, "x-ratelimit-reset-tokens-minute"));
    }

    @Test
    void bucketsThatSayNothingAreIgnored() {
        assertThat(read(
                        "x-ratelimit-remaining-tokens: -1",
                        "x-ratelimit-reset-tokens: 1s",
                        "x-ratelimit-remaining-requests: 0",
                        "x-ratelimit-reset-requests: 0"))
                .isEqualTo(RetryHint.NONE);
    }

    @ParameterizedTest
    @CsvSource({"1994-11-06T08:49:40Z,3000", "1994-11-06t09:49:40.0001+01:00,3001", "1994-11-06T00:49:40-08:00,3000"})
    void anthropicsTimesAreRead(String time, long millis) {
        assertThat(read("anthropic-ratelimit-input-tokens-reset: " + time))
                .isEqualTo(new RetryHint(millis, "anthropic-ratelimit-input-tokens-reset"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Please try again in 6m0s. | 120000",
                "Rate limit. Please TRY AGAIN IN 1.2s. Visit x | 1200",
                "Please retry after 12 seconds. | 12000",
                "retry after 1 second | 1000",
                "try again in 120ms | 120",
                "Try again in 1 minute | 60000",
                "try again in 1 minutes | 60000",
                "try again in 3 s | 3000",
                "try again in later. retry after 4s | 4000",
                "try again in 5 | -1",
                "try again in -5s | -1",
                "try again in 5 years | -1",
                "try again in 1h2m3.5s | 120000",
                "try again | -1"
            })
    void messagesAreRead(String message, long millis) {
        RetryHint hint = RetryHints.read(HeaderFields.NONE, message, NOW, MAX);
        assertThat(hint).isEqualTo(millis < 0 ? RetryHint.NONE : new RetryHint(millis, "message"));
    }

    @Test
    void messageCountsOnlyAtItsStart() {
        String message = " ".repeat(4096) + "try again in 5s";
        assertThat(RetryHints.read(HeaderFields.NONE, message, NOW, MAX)).isEqualTo(RetryHint.NONE);
    }

    @Test
    void largestOfRepeatedLinesAndListsCounts() {
        assertThat(read("retry-after: 3, 5").millis()).isEqualTo(5000);
        assertThat(read("retry-after: 3", "retry-after: 7, x", "retry-after: 2").millis())
                .isEqualTo(7000);
        assertThat(read("retry-after: ,,").millis()).isEqualTo(Verdict.NO_HINT);
        assertThat(read("retry-after: Sun, 06 Nov 1994 08:49:47 GMT", "retry-after: 5")
                        .millis())
                .isEqualTo(10_000);
    }

    @Test
    void garbageNeverThrows() {
        String alphabet = "0123456789.,:-+ hmsuTZGMTSunNov\u00b5";
        Seeds.each(3000, seed -> {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (String name : new String[] {
                "retry-after",
                "x-ratelimit-reset",
                "x-ratelimit-reset-tokens",
                "anthropic-ratelimit-tokens-reset",
                "date"
            }) {
                assertThat(read(name + ":" + text).millis()).isBetween(Verdict.NO_HINT, MAX);
            }
            assertThat(RetryHints.read(HeaderFields.NONE, "try again in " + text, NOW, MAX)
                            .millis())
                    .isBetween(Verdict.NO_HINT, MAX);
        });
    }

    private static RetryHint read(String... lines) {
        return RetryHints.read(Fields.of(lines), "", NOW, MAX);
    }
}
