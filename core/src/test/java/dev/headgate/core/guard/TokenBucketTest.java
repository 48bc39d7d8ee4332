package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.testing.Seeds;
import dev.headgate.core.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long NOW = Long.MAX_VALUE - 30 * SECOND; // the ticker wraps within the tests

    @ParameterizedTest
    @CsvSource({"600, 100", "60, 10", "7, 2", "6, 1", "1, 1", "100, 17", "999983, 166664"})
    void aSixthOfTheRequestsMayComeAtOnce(long perMinute, int burst) {
        TokenBucket bucket = TokenBucket.ofRequests(perMinute, NOW);
        assertThat(admittedAt(bucket, NOW)).isEqualTo(burst);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 240_000, 999_983, 150_000_000, 10_000_000_000_000L})
    void allTokensOfAMinuteMayComeAtOnceAndNoMore(long perMinute) {
        TokenBucket bucket = TokenBucket.ofTokens(perMinute, NOW);
        assertThat(bucket.tryReserve(perMinute, NOW)).isNotEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.tryReserve(Math.max(1, perMinute / 1_000_000), NOW)).isEqualTo(TokenBucket.REFUSED);
    }

    @Test
    void theWaitIsTheExcess() {
        TokenBucket bucket = TokenBucket.ofRequests(6, NOW);
        assertThat(bucket.waitNanos(1, NOW)).isZero();
        bucket.tryReserve(1, NOW);
        assertThat(bucket.waitNanos(1, NOW)).isEqualTo(10 * SECOND);
        assertThat(bucket.waitNanos(1, NOW + 3 * SECOND)).isEqualTo(7 * SECOND);
        assertThat(bucket.tryReserve(1, NOW + 10 * SECOND - 1)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.tryReserve(1, NOW + 10 * SECOND)).isNotEqualTo(TokenBucket.REFUSED);
    }

    @Test
    void aRefundMakesRoomAtOnce() {
        TokenBucket bucket = TokenBucket.ofRequests(6, NOW);
        long stamp = bucket.tryReserve(1, NOW);
        bucket.correct(stamp, 1, 0, NOW);
        assertThat(bucket.waitNanos(1, NOW)).isZero();
    }

    @Test
    void whatHasDrainedIsNotGivenBack() {
        TokenBucket bucket = TokenBucket.ofRequests(6, NOW);
        long drained = bucket.tryReserve(1, NOW);
        bucket.tryReserve(1, NOW + 10 * SECOND);
        bucket.correct(drained, 1, 0, NOW + 10 * SECOND);
        assertThat(bucket.waitNanos(1, NOW + 10 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void whatWasUsedBeyondTheEstimateIsOwed() {
        TokenBucket bucket = TokenBucket.ofTokens(60, NOW);
        long stamp = bucket.tryReserve(50, NOW);
        bucket.correct(stamp, 50, 70, NOW);
        assertThat(bucket.waitNanos(1, NOW)).isEqualTo(11 * SECOND);
    }

    @Test
    void whatWasUsedBelowTheEstimateIsGivenBack() {
        TokenBucket bucket = TokenBucket.ofTokens(60, NOW);
        long stamp = bucket.tryReserve(50, NOW);
        bucket.correct(stamp, 50, 20, NOW);
        assertThat(bucket.waitNanos(40, NOW)).isZero();
        assertThat(bucket.waitNanos(41, NOW)).isEqualTo(SECOND);
    }

    @Test
    void nonsensicalUsageLocksForAnHourAtMost() {
        TokenBucket bucket = TokenBucket.ofTokens(60, NOW);
        bucket.correct(bucket.tryReserve(1, NOW), 1, Long.MAX_VALUE, NOW);
        assertThat(Duration.ofNanos(bucket.waitNanos(60, NOW))).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aCostBeyondTheBurstNeverFits() {
        TokenBucket bucket = TokenBucket.ofTokens(60, NOW);
        assertThat(bucket.tryReserve(61, NOW)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.tryReserve(Long.MAX_VALUE, NOW)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.waitNanos(61, NOW + 1_000 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void noLimitIsNoBucket() {
        assertThatThrownBy(() -> TokenBucket.ofRequests(0, NOW)).hasMessage("perMinute: 0 (expected: > 0)");
    }

    @Test
    void inAnySpanWhatWasKeptIsAtMostTheBurstAndTheRate() {
        Seeds.each(300, seed -> {
            Random random = new Random(seed);
            long perMinute = 1L + random.nextInt(1_000);
            assertKept(perMinute, history(TokenBucket.ofTokens(perMinute, NOW), perMinute, random));
        });
    }

    @Test
    void manyThreadsAreAdmittedAsMuchAsOne() {
        Seeds.each(20, seed -> {
            TokenBucket bucket = TokenBucket.ofTokens(1_000, NOW);
            AtomicLong kept = new AtomicLong();
            Threads.run(4, thread -> {
                Random random = new Random(seed * 4 + thread);
                for (int i = 0; i < 500; i++) {
                    long cost = 1L + random.nextInt(9);
                    long stamp = bucket.tryReserve(cost, NOW);
                    if (stamp != TokenBucket.REFUSED && random.nextBoolean()) {
                        bucket.correct(stamp, cost, 0, NOW);
                    } else if (stamp != TokenBucket.REFUSED) {
                        kept.addAndGet(cost);
                    }
                }
            });
            assertThat(kept.get()).isBetween(900L, 1_000L);
        });
    }

    private static List<Kept> history(TokenBucket bucket, long perMinute, Random random) {
        List<Kept> kept = new ArrayList<>();
        List<Kept> refundable = new ArrayList<>();
        long now = NOW;
        for (int step = 0; step < 200; step++) {
            now += (long) (random.nextDouble() * random.nextDouble() * 20 * SECOND);
            long cost = 1L + random.nextInt((int) Math.max(1, perMinute / 3));
            long stamp = bucket.tryReserve(cost, now);
            if (stamp != TokenBucket.REFUSED) {
                (random.nextBoolean() ? kept : refundable).add(new Kept(now, cost, stamp));
            }
            if (!refundable.isEmpty() && random.nextInt(3) == 0) {
                Kept back = refundable.remove(random.nextInt(refundable.size()));
                bucket.correct(back.stamp, back.cost, 0, now);
            }
        }
        return kept;
    }

    private static void assertKept(long perMinute, List<Kept> kept) {
        for (int from = 0; from < kept.size(); from++) {
            long sum = 0;
            for (int to = from; to < kept.size(); to++) {
                sum += kept.get(to).cost;
                double span = kept.get(to).atNanos - kept.get(from).atNanos;
                assertThat((double) sum)
                        .as("admitted in %s s of %s per minute", span / SECOND, perMinute)
                        .isLessThanOrEqualTo(perMinute + span * perMinute / 60 / SECOND + 0.001);
            }
        }
    }

    private static int admittedAt(TokenBucket bucket, long nowNanos) {
        int admitted = 0;
        while (bucket.tryReserve(1, nowNanos) != TokenBucket.REFUSED) {
            admitted++;
        }
        return admitted;
    }

    private record Kept(long atNanos, long cost, long stamp) {}
}
