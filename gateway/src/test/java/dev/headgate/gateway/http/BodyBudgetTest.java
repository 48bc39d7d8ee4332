package dev.headgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);
    private final AtomicInteger wakeups = new AtomicInteger();

    @Test
    void readingGoesOnBelowTheLimit() {
        assertThat(share().take(99)).isTrue();
        assertThat(budget.heldBytes()).isEqualTo(99);
    }

    @Test
    void whoFindsItUsedUpByWholeBodiesIsWokenWhenOneEnds() {
        BodyBudget.Share whole = share();
        whole.take(100);
        whole.whole();
        BodyBudget.Share waiting = share();
        assertThat(waiting.take(1)).isFalse();
        assertThat(wakeups).hasValue(0);

        whole.give();
        assertThat(wakeups).hasValue(1);
        assertThat(budget.heldBytes()).isEqualTo(1);
    }

    @Test
    void oneOfTheHalfSentBodiesGoesOnWhenTheyUseItUp() {
        BodyBudget.Share first = share();
        BodyBudget.Share second = share();
        first.take(60);
        assertThat(second.take(60)).isTrue();
        assertThat(first.take(60)).isFalse();
        assertThat(second.take(60)).isTrue();

        second.whole();
        assertThat(wakeups).hasValue(0);
        second.give();
        assertThat(wakeups).hasValue(1);
    }

    @Test
    void whoWaitsIsWokenWhenTheLimitIsRaised() {
        BodyBudget.Share whole = share();
        whole.take(100);
        whole.whole();
        assertThat(share().take(1)).isFalse();
        budget.limit(101);
        assertThat(wakeups).hasValue(0);
        budget.limit(200);
        assertThat(wakeups).hasValue(1);
    }

    @Test
    void whoIsDroppedWhileItWaitsMakesRoomAndIsForgotten() {
        BodyBudget.Share whole = share();
        whole.take(99);
        whole.whole();
        BodyBudget.Share dropped = share();
        assertThat(dropped.take(50)).isFalse();
        dropped.give();
        assertThat(budget.heldBytes()).isEqualTo(99);
        assertThat(share().take(0)).isTrue();
        whole.give();
        assertThat(wakeups).hasValue(0);
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void everyBodyIsReadInTheEndHoweverManyThreadsCompete() throws InterruptedException {
        long seed = System.nanoTime();
        int threads = 8;
        BodyBudget small = new BodyBudget(1000);
        AtomicLong most = new AtomicLong();
        CountDownLatch done = new CountDownLatch(threads);
        List<String> stuck = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            SplittableRandom random = new SplittableRandom(seed + t);
            Thread.ofPlatform().start(() -> {
                for (int body = 0; body < 2000; body++) {
                    if (!read(small, random, most)) {
                        synchronized (stuck) {
                            stuck.add("seed " + seed);
                        }
                        break;
                    }
                }
                done.countDown();
            });
        }

        assertThat(done.await(50, TimeUnit.SECONDS)).as("seed %d", seed).isTrue();
        assertThat(stuck).isEmpty();
        assertThat(small.heldBytes()).isZero();
        assertThat(most.get()).as("seed %d", seed).isLessThan(1000 + 900 + threads * 300);
    }

    /** Reads one body of up to three pieces as a connection does; returns false if it was never told to go on. */
    private static boolean read(BodyBudget budget, SplittableRandom random, AtomicLong most) {
        Semaphore room = new Semaphore(0);
        BodyBudget.Share share = budget.open(room::release);
        try {
            for (int piece = random.nextInt(1, 4); piece > 0; piece--) {
                boolean mayReadOn = share.take(random.nextInt(1, 300));
                most.accumulateAndGet(budget.heldBytes(), Math::max);
                if (piece > 1 && !mayReadOn && !room.tryAcquire(20, TimeUnit.SECONDS)) {
                    return false;
                }
            }
            if (random.nextInt(4) > 0) {
                share.whole();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        share.give();
        return true;
    }

    private BodyBudget.Share share() {
        return budget.open(wakeups::incrementAndGet);
    }
}
