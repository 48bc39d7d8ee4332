package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.testing.Seeds;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Laws of a pool over generated histories: arrivals, ends, rejections, losses, probes and changes in any order. */
class PoolLawsTest {
    @Test
    void everyCallEndsOnceAndNothingIsLeftOver() {
        Seeds.each(300, seed -> {
            History history = new History(seed, Kind.MIXED);
            history.run(400);
            history.finish();
        });
    }

    @Test
    void endpointsThatDoNotRejectNeverHaveMoreThanTheyTake() {
        Seeds.each(300, seed -> {
            History history = new History(seed, Kind.COUNTED);
            history.run(400);
            assertThat(history.mostOver).isLessThanOrEqualTo(0);
            history.finish();
        });
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        Seeds.each(50, seed -> {
            History first = new History(seed, Kind.MIXED);
            first.run(300);
            History second = new History(seed, Kind.MIXED);
            second.run(300);
            assertThat(second.pool.log).isEqualTo(first.pool.log).isNotEmpty();
        });
    }

    @Test
    void exactlyAsManyWaitAsMayUnderAnyArrivals() {
        Seeds.each(200, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            int slots = 1 + random.nextInt(3);
            int most = random.nextInt(6);
            PoolFixture pool = PoolFixture.of(
                    PoolSettings.DEFAULTS.withMaxQueued(most), PoolFixture.ALL, PoolEndpoint.of("a", slots));
            List<FakeCall> running = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int before = pool.pool.waiting();
                FakeCall call = pool.route("" + i);
                boolean isRefused = call.decision instanceof Decision.Refused;
                assertThat(isRefused)
                        .isEqualTo(before == most
                                && pool.inFlight("a") == slots
                                && !running.contains(call)
                                && call.lease == null);
                assertThat(pool.pool.waiting()).isLessThanOrEqualTo(most);
                if (!isRefused) {
                    running.add(call);
                }
                if (random.nextInt(3) == 0) {
                    running.stream().filter(PoolFixture::isAssigned).findFirst().ifPresent(done -> {
                        PoolFixture.complete(done);
                        running.remove(done);
                    });
                }
            }
        });
    }

    @Test
    void whileAllAreFullTheRouterIsAskedSeldom() {
        PoolFixture pool = PoolFixture.of(PoolFixture.ALL, PoolEndpoint.of("a", 1), PoolEndpoint.of("b", 1));
        for (int i = 0; i < 1_000; i++) {
            pool.route("" + i);
        }
        pool.millis(5_000);
        pool.choices = 0;
        pool.millis(10_000);
        assertThat(pool.choices)
                .as("four active calls, two passes a second each")
                .isLessThanOrEqualTo(4 * 2 * 10 + 4);
    }

    private enum Kind {
        /** Endpoints of every sort. */
        MIXED,
        /** Only such as are counted here. */
        COUNTED
    }

    /** A pool under random events, with the truth about each call beside it. */
    private static final class History {
        private final SplittableRandom random;
        private final Kind kind;
        private final PoolFixture pool;
        private final List<FakeCall> calls = new ArrayList<>();
        private final Map<String, PoolEndpoint> endpoints = new HashMap<>();
        private int mostOver = Integer.MIN_VALUE;

        private History(long seed, Kind kind) {
            random = new SplittableRandom(seed);
            this.kind = kind;
            PoolSettings settings = PoolSettings.DEFAULTS
                    .withMaxQueued(random.nextInt(3) == 0 ? random.nextInt(20) : -1)
                    .withMaxActive(1 + random.nextInt(8))
                    .withFifo(random.nextInt(4) == 0 ? Fifo.ANY : Fifo.OFF);
            RequestRouter router = (candidates, request, ranks) -> {
                int ranked = random.nextInt(candidates.size() + 1);
                for (int i = 0; i < ranked; i++) {
                    ranks.add(random.nextInt(candidates.size()));
                    if (random.nextBoolean()) {
                        ranks.next();
                    }
                }
                if (random.nextInt(50) == 0) {
                    throw new IllegalStateException("broken");
                }
                if (random.nextInt(10) == 0) {
                    ranks.retryAtOnce();
                }
            };
            pool = new PoolFixture(settings, router);
        }

        private void run(int steps) {
            for (int i = 0; i < steps; i++) {
                step(i);
                check();
            }
        }

        private void step(int number) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> arrive(number);
                case 3, 4 -> endOne();
                case 5 -> pool.millis(random.nextInt(200));
                case 6 -> probeOne();
                case 7 -> {
                    if (random.nextInt(4) == 0) {
                        changeMembers();
                    }
                }
                case 8 -> {
                    if (!calls.isEmpty()) {
                        pool.pool.cancel(calls.get(random.nextInt(calls.size())));
                    }
                }
                default -> disturbOne();
            }
        }

        private void arrive(int number) {
            InferenceRequest request = InferenceRequest.of("" + number, "m", "chat")
                    .withPrompt(new Prompt(random.nextInt(500), 64, new long[0]));
            if (random.nextInt(4) == 0) {
                request = request.withDeadline(
                        Deadline.after(pool.ticker.nanos(), Duration.ofMillis(random.nextInt(300))));
            }
            FakeCall call = new FakeCall(request);
            calls.add(call);
            pool.route(call);
        }

        private void endOne() {
            Lease lease = someLease();
            if (lease != null) {
                if (random.nextBoolean()) {
                    lease.firstToken();
                }
                lease.complete(random.nextInt(5) == 0 ? Outcome.CANCELLED : Outcome.COMPLETED);
            }
        }

        private void disturbOne() {
            Lease lease = someLease();
            if (lease != null) {
                switch (random.nextInt(4)) {
                    case 0 -> lease.rejected(random.nextInt(5));
                    case 1 -> lease.died();
                    case 2 -> lease.unavailable();
                    default -> lease.accepted(random.nextInt(5));
                }
            }
        }

        private void probeOne() {
            EndpointId id = new EndpointId("e" + random.nextInt(5));
            switch (random.nextInt(6)) {
                case 0 -> pool.pool.signals().probeDied(id);
                case 1 -> pool.pool.signals().probeUnavailable(id);
                case 2 -> pool.pool.signals().probeFailed(id);
                default -> pool.pool.signals().probeAnswered(id, random.nextInt(4));
            }
        }

        private void changeMembers() {
            endpoints.clear();
            for (int i = 0; i < 5; i++) {
                if (random.nextInt(3) > 0) {
                    PoolEndpoint endpoint = PoolEndpoint.of("e" + i, 1 + i % 3);
                    if (kind == Kind.MIXED) {
                        endpoint = random.nextBoolean() ? endpoint.probed() : endpoint;
                        endpoint = random.nextBoolean() ? endpoint.rejecting() : endpoint;
                    }
                    endpoints.put("e" + i, endpoint);
                }
            }
            pool.pool.endpointsChanged(endpoints.values());
        }

        private void check() {
            var candidates = pool.pool.candidates();
            for (int i = 0; i < candidates.size(); i++) {
                assertThat(candidates.inFlight(i)).isNotNegative();
                assertThat(candidates.pendingTokens(i)).isNotNegative();
                assertThat(candidates.residentTokens(i)).isNotNegative();
                mostOver = Math.max(mostOver, candidates.inFlight(i) - candidates.maxOngoing(i));
            }
            assertThat(pool.pool.active()).isLessThanOrEqualTo(pool.pool.waiting());
            for (FakeCall call : calls) {
                assertThat(call.outcomes).hasSizeLessThanOrEqualTo(1);
            }
        }

        private void finish() {
            endpoints.clear();
            pool.pool.endpointsChanged(List.of(PoolEndpoint.of("last", 1)));
            for (int i = 0; i < 10_000 && calls.stream().anyMatch(call -> !call.isOver()); i++) {
                calls.stream()
                        .filter(call -> !call.isOver() && PoolFixture.isAssigned(call))
                        .forEach(PoolFixture::complete);
                pool.millis(500);
            }
            assertThat(calls).allMatch(FakeCall::isOver);
            for (FakeCall call : calls) {
                boolean isRefused = call.decision instanceof Decision.Refused;
                assertThat(call.outcomes).hasSize(isRefused ? 0 : 1);
            }
            pool.assertIdle();
            pool.millis(120_000);
            assertThat(pool.pool.nextWakeup()).as("timers").isEmpty();
        }

        private @org.jspecify.annotations.Nullable Lease someLease() {
            List<FakeCall> assigned =
                    calls.stream().filter(PoolFixture::isAssigned).toList();
            return assigned.isEmpty() ? null : assigned.get(random.nextInt(assigned.size())).lease;
        }
    }
}
