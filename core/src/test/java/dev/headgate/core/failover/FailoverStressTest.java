package dev.headgate.core.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.testing.Threads;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FailoverStressTest {
    private static final int THREADS = 64;

    private final AtomicLong now = new AtomicLong(1_000_000_000L);
    private final ThreadLocal<RandomGenerator> random = ThreadLocal.withInitial(() -> new SplittableRandom(1));

    @Test
    void fullyCoolingPoolIsNotCalled() {
        FailoverRouter router = router(FailoverFixture.backend("a"), FailoverFixture.backend("b"));
        Step step = router.open(FailoverFixture.request(), () -> {}).begin();
        while (step instanceof Step.Send send) {
            step = send.attempt().rejected(FailoverFixture.throttled(60_000));
        }
        AtomicInteger calls = new AtomicInteger();

        Threads.run(THREADS, thread -> {
            for (int i = 0; i < 200; i++) {
                now.incrementAndGet();
                if (router.open(FailoverFixture.request(), () -> {}).begin() instanceof Step.Send) {
                    calls.incrementAndGet();
                }
            }
        });

        assertThat(calls).hasValue(0);
    }

    @Test
    void permitsAndSlotsReturnAndLimitsHold() {
        FailoverRouter router = router(
                FailoverFixture.limited("a", new BackendLimits(0, 0, 3, 0)),
                FailoverFixture.backend("b", 2),
                FailoverFixture.backend("c", 3));
        AtomicInteger onA = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        Threads.run(THREADS, thread -> {
            SplittableRandom own = new SplittableRandom(thread);
            for (int i = 0; i < 300; i++) {
                now.addAndGet(own.nextLong(50_000_000));
                Step step = router.open(FailoverFixture.request(), () -> {}).begin();
                while (step instanceof Step.Send send) {
                    boolean isA = send.attempt().backend().id().value().equals("a");
                    if (isA) {
                        most.accumulateAndGet(onA.incrementAndGet(), Math::max);
                        onA.decrementAndGet();
                    }
                    step = end(send.attempt(), own.nextInt(6));
                }
            }
        });

        assertThat(most.get()).isBetween(1, 3);
        assertThat(router.status()).allMatch(status -> status.inFlight() == 0);
    }

    @Test
    void halfOpenBackendGetsOneOfManyThreads() {
        FailoverRouter router = router(FailoverFixture.backend("a", 1), FailoverFixture.backend("b", 2));
        FailoverCall trip = router.open(FailoverFixture.stateful(), () -> {});
        FailoverFixture.sent(trip.begin()).rejected(FailoverFixture.throttled(1_000));
        now.addAndGet(1_000_000_000L);
        AtomicInteger probes = new AtomicInteger();

        Threads.run(THREADS, thread -> {
            Step step = router.open(FailoverFixture.request(), () -> {}).begin();
            if (FailoverFixture.target(step).equals("a")) {
                probes.incrementAndGet();
            }
        });

        assertThat(probes).hasValue(1);
    }

    private static Step end(Attempt attempt, int how) {
        return switch (how) {
            case 0 -> attempt.rejected(FailoverFixture.throttled(200));
            case 1 -> attempt.failed(AttemptFailure.CONNECT_REFUSED);
            case 2 -> attempt.rejected(FailoverFixture.error(503));
            default -> {
                FailoverFixture.succeed(attempt);
                yield Step.Pending.PENDING;
            }
        };
    }

    private FailoverRouter router(Backend... backends) {
        return new FailoverRouter(
                FailoverFixture.plan(FailoverSettings.DEFAULTS, backends),
                now::get,
                random::get,
                FailoverListener.NONE);
    }
}
