package dev.headgate.lab.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static RunClock clock() {
        return new RunClock(System::nanoTime, System.nanoTime());
    }

    @Test
    void everyTimeIsMetOnceItHasCome() throws InterruptedException {
        List<Long> looks = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        Pacer.Work work = new Pacer.Work() {
            private static final int TIMES = 50;
            private static final long GAP_MICROS = 300;
            private int met;

            @Override
            public void advance(long nowMicros) {
                looks.add(nowMicros);
                if (met < TIMES && nowMicros >= nextMicros()) {
                    met++;
                }
                if (met == TIMES) {
                    done.countDown();
                }
            }

            @Override
            public long nextMicros() {
                return met < TIMES ? met * GAP_MICROS : NEVER;
            }
        };
        try (Pacer _ = Pacer.start("test", clock(), work)) {
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(looks).isSorted().hasSizeGreaterThanOrEqualTo(50);
        assertThat(looks.getLast()).isGreaterThanOrEqualTo(49 * 300L);
    }

    @Test
    void newsWakesItWhenNothingWasExpected() throws InterruptedException {
        AtomicBoolean hasNews = new AtomicBoolean();
        CountDownLatch seen = new CountDownLatch(1);
        Pacer.Work work = new Pacer.Work() {
            @Override
            public void advance(long nowMicros) {
                if (hasNews.get()) {
                    seen.countDown();
                }
            }

            @Override
            public long nextMicros() {
                return NEVER;
            }
        };
        try (Pacer pacer = Pacer.start("test", clock(), work)) {
            hasNews.set(true);
            pacer.wake();
            assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
