package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.testing.Seeds;
import dev.headgate.core.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long NANOS = WINDOW.toNanos();
    private static final long START = Long.MAX_VALUE - 3 * NANOS; // the ticker wraps within the tests

    @Test
    void countsWhatHappenedAndForgetsIt() {
        SlidingWindow window = new SlidingWindow(WINDOW, START);
        window.add(START);
        window.add(START + NANOS / 2);
        assertThat(window.count(START + NANOS / 2)).isEqualTo(2);
        assertThat(window.count(START + NANOS - 1)).isEqualTo(2);
        assertThat(window.count(START + NANOS)).isEqualTo(1);
        assertThat(window.count(START + 2 * NANOS)).isZero();
    }

    @Test
    void anEventCountsForTheWindowLessASliceAtLeastAndForTheWindowAtMost() {
        Seeds.each(200, seed -> {
            Random random = new Random(seed);
            SlidingWindow window = new SlidingWindow(WINDOW, START);
            List<Long> events = new ArrayList<>();
            long now = START;
            for (int step = 0; step < 300; step++) {
                now += (long) (random.nextDouble() * random.nextDouble() * NANOS / 3);
                window.add(now);
                events.add(now);
                long read = now;
                long atMost =
                        events.stream().filter(event -> read - event < NANOS).count();
                long atLeast = events.stream()
                        .filter(event -> read - event < NANOS / 10 * 9)
                        .count();
                assertThat(window.count(now)).isBetween(atLeast, atMost);
            }
        });
    }

    @Test
    void aClockThatIsALittleBehindLosesNothing() {
        SlidingWindow window = new SlidingWindow(WINDOW, START);
        window.add(START - 5);
        window.add(START + NANOS);
        window.add(START + NANOS - 1);
        assertThat(window.count(START + NANOS)).isEqualTo(2);
    }

    @Test
    void theLimitHoldsWhileManyThreadsCountOverTheEdgeOfASlice() {
        Seeds.each(50, seed -> {
            SlidingWindow window = new SlidingWindow(WINDOW, START);
            Threads.run(4, thread -> {
                Random random = new Random(seed * 4 + thread);
                for (int i = 0; i < 50; i++) {
                    window.tryAdd(20, START + random.nextInt(2) * NANOS / 10);
                }
            });
            assertThat(window.count(START + NANOS / 10)).isLessThanOrEqualTo(20);
        });
    }

    @Test
    void oneThreadReachesTheLimitExactly() {
        SlidingWindow window = new SlidingWindow(WINDOW, START);
        assertThat(window.tryAdd(1, START)).isTrue();
        assertThat(window.tryAdd(1, START)).isFalse();
        assertThat(window.count(START)).isEqualTo(1);
        assertThat(window.tryAdd(1, START + NANOS)).isTrue();
    }

    @Test
    void nothingIsLostBetweenThreads() {
        SlidingWindow window = new SlidingWindow(WINDOW, START);
        Threads.run(4, thread -> {
            for (int i = 0; i < 10_000; i++) {
                window.add(START + i * (NANOS / 20_000));
            }
        });
        assertThat(window.count(START + NANOS / 2)).isEqualTo(40_000);
    }

    @Test
    void aWindowOfNoTimeIsRefused() {
        assertThatThrownBy(() -> new SlidingWindow(Duration.ZERO, START)).hasMessageContaining("expected: >= 10ns");
    }
}
