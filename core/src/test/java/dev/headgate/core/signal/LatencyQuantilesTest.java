package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.signal.LatencyQuantiles.Summary;
import dev.headgate.core.testing.Seeds;
import dev.headgate.core.testing.Threads;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyQuantilesTest {
    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long START = Long.MAX_VALUE - 3 * MINUTE; // the ticker wraps within the tests

    private final LatencyQuantiles latencies = new LatencyQuantiles(START);

    @Test
    void nothingIsKnownBeforeTheFirstSample() {
        assertThat(latencies.summary(START)).isEqualTo(new Summary(0, 0, 0));
    }

    @Test
    void percentilesAreWithinSevenPercentOfTheTrueOnes() {
        Seeds.each(50, seed -> {
            Random random = new Random(seed);
            LatencyQuantiles fresh = new LatencyQuantiles(START);
            long[] samples = new long[1 + random.nextInt(900)];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (long) (MILLI * Math.exp(random.nextDouble() * 13 - 1));
                fresh.record(samples[i], START);
            }
            Arrays.sort(samples);
            Summary summary = fresh.summary(START);
            assertThat(summary.samples()).isEqualTo(samples.length);
            assertWithinSevenPercent(summary.p95Nanos(), samples[rank(samples.length, 95)]);
            assertWithinSevenPercent(summary.p99Nanos(), samples[rank(samples.length, 99)]);
        });
    }

    @Test
    void samplesOlderThanFiveMinutesAreForgotten() {
        latencies.record(20 * MILLI, START);
        latencies.record(20 * MILLI, START + 3 * MINUTE);
        assertThat(latencies.summary(START + 5 * MINUTE - 1).samples()).isEqualTo(2);
        assertThat(latencies.summary(START + 5 * MINUTE).samples()).isEqualTo(1);
        latencies.record(20 * MILLI, START + 5 * MINUTE);
        assertThat(latencies.summary(START + 5 * MINUTE).samples()).isEqualTo(2);
        assertThat(latencies.summary(START + 60 * MINUTE).samples()).isZero();
    }

    @Test
    void extremesHaveTheirBuckets() {
        latencies.record(-1, START);
        assertThat(latencies.summary(START).samples()).isZero();
        latencies.record(0, START);
        assertThat(latencies.summary(START).p99Nanos()).isLessThan(MILLI / 10);
        latencies.record(Long.MAX_VALUE, START);
        assertThat(Duration.ofNanos(latencies.summary(START).p99Nanos())).isGreaterThan(Duration.ofMinutes(15));
    }

    @Test
    void aBusySummaryIsReadAgainAfterASecond() {
        for (int i = 0; i < 1_000; i++) {
            latencies.record(MILLI, START);
        }
        Summary first = latencies.summary(START);
        latencies.record(MILLI, START);
        assertThat(latencies.summary(START + 1)).isSameAs(first);
        assertThat(latencies.summary(START + 1_000 * MILLI).samples()).isEqualTo(1_001);
    }

    @Test
    void threadsLoseNothingWithinASlice() {
        Threads.run(4, thread -> {
            for (int i = 0; i < 10_000; i++) {
                latencies.record(i * MILLI, START);
            }
        });
        assertThat(latencies.summary(START).samples()).isEqualTo(40_000);
    }

    private static int rank(int samples, int percent) {
        return (samples * percent + 99) / 100 - 1;
    }

    private static void assertWithinSevenPercent(long actual, long expected) {
        assertThat((double) actual).isCloseTo(expected, within(0.07 * expected));
    }
}
