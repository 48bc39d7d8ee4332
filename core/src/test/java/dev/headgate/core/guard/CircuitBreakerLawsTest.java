package dev.headgate.core.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerSettings.Body;
import dev.headgate.core.guard.BreakerSettings.PendingCounts;
import dev.headgate.core.guard.BreakerSettings.PerEndpoint;
import dev.headgate.core.guard.CircuitBreaker.Gate;
import dev.headgate.core.guard.CircuitBreaker.Place;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.testing.Seeds;
import dev.headgate.core.testing.Threads;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever happens on however many threads, no limit of a {@link CircuitBreaker} is passed and nothing is lost. */
class CircuitBreakerLawsTest {
    private static final int MAX_CONNECTIONS = 5;
    private static final int MAX_PENDING = 3;
    private static final int MAX_PARALLEL = 4;
    private static final int MAX_RETRIES = 2;
    private static final PerEndpoint PER_ENDPOINT = new PerEndpoint(3, 3, 2);
    private static final int ENDPOINTS = 3;
    private static final int THREADS = 8;
    private static final int STEPS = 2_000;

    @Test
    void noLimitIsPassedWhileManyThreadsSend() {
        Seeds.each(10, seed -> {
            PendingCounts counts = seed % 2 == 0 ? PendingCounts.WAITING : PendingCounts.CONNECTING;
            CircuitBreaker breaker = CircuitBreaker.of(
                    new BreakerSettings(
                            MAX_CONNECTIONS,
                            MAX_PENDING,
                            MAX_PARALLEL,
                            MAX_RETRIES,
                            0,
                            counts,
                            PER_ENDPOINT,
                            null,
                            Body.ENVOY),
                    () -> {});
            Observed observed = new Observed();
            Threads.run(THREADS, thread -> send(breaker, observed, new Random(seed * THREADS + thread)));
            assertNothingIsOpen(breaker);
        });
    }

    private static void send(CircuitBreaker breaker, Observed observed, Random random) {
        for (int step = 0; step < STEPS; step++) {
            Gate gate = breaker.gate(new EndpointId("e" + random.nextInt(ENDPOINTS)));
            boolean isRetry = random.nextInt(4) == 0;
            if (isRetry && !breaker.tryRetry()) {
                continue;
            }
            if (isRetry) {
                observed.retries.enter(MAX_RETRIES);
            }
            sendOne(gate, observed, random);
            if (isRetry) {
                observed.retries.leave();
                breaker.retryEnded();
            }
        }
    }

    private static void sendOne(Gate gate, Observed observed, Random random) {
        Place place = gate.trySeek();
        if (place.isRefusal()) {
            return;
        }
        if (place.opens()) {
            // Each endpoint may have one whatever the limit says.
            observed.connections.enter(MAX_CONNECTIONS + ENDPOINTS - 1);
        }
        if (place.isPending()) {
            observed.pending.enter(MAX_PENDING);
        }
        if (random.nextInt(3) == 0) {
            leave(observed, place);
            gate.left(place);
        } else {
            leave(observed, place);
            if (gate.tryStart(place) == Place.READY) {
                observed.active.enter(MAX_PARALLEL);
                observed.active.leave();
                gate.ended();
            }
        }
        if (place.opens()) {
            observed.connections.leave();
            gate.closed();
        }
    }

    private static void leave(Observed observed, Place place) {
        if (place.isPending()) {
            observed.pending.leave();
        }
    }

    private static void assertNothingIsOpen(CircuitBreaker breaker) {
        BreakerCounts counts = breaker.counts();
        assertThat(counts.upstreamCxActive()).isZero();
        assertThat(counts.upstreamRqPendingActive()).isZero();
        assertThat(counts.upstreamRqActive()).isZero();
        assertThat(counts.upstreamRqRetryActive()).isZero();
        for (int i = 0; i < ENDPOINTS; i++) {
            Gate gate = breaker.gate(new EndpointId("e" + i));
            assertThat(gate.connections()).isZero();
            assertThat(gate.pending()).isZero();
            assertThat(gate.hasRoom()).isTrue();
        }
    }

    /** What the callers themselves see open: entered after a place was granted, left before it is given back. */
    private static final class Observed {
        private final Count connections = new Count();
        private final Count pending = new Count();
        private final Count active = new Count();
        private final Count retries = new Count();
    }

    private static final class Count {
        private final AtomicInteger open = new AtomicInteger();

        void enter(int limit) {
            assertThat(open.incrementAndGet()).isLessThanOrEqualTo(limit);
        }

        void leave() {
            open.decrementAndGet();
        }
    }
}
