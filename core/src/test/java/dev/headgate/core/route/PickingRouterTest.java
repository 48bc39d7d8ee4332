package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.pick.Pickers;
import dev.headgate.core.pool.Endpoint;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.PoolSnapshot;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.testing.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PickingRouterTest {
    private final FakeTicker ticker = FakeTicker.at(0);

    @Test
    void routesAtOnceWhileThereIsRoomAndWaitsOtherwise() {
        PickingRouter router = router(Endpoint.of("a", 1));
        FakeCall first = route(router, "m");
        FakeCall second = route(router, "m");
        assertThat(first.decision).isInstanceOf(Decision.Routed.class);
        assertThat(second.decision).isInstanceOf(Decision.Waiting.class);
        lease(first).complete(Outcome.COMPLETED);
        assertThat(first.outcomes).containsExactly(Outcome.COMPLETED);
        assertThat(second.granted).hasSize(1);
        assertThat(router.waiting()).isZero();
    }

    @Test
    void aLeaseIsCompletedOnce() {
        PickingRouter router = router(Endpoint.of("a", 1));
        FakeCall call = route(router, "m");
        assertThat(lease(call).complete(Outcome.COMPLETED)).isTrue();
        assertThat(lease(call).complete(Outcome.CANCELLED)).isFalse();
        router.cancel(call);
        assertThat(call.outcomes).containsExactly(Outcome.COMPLETED);
    }

    @Test
    void aCallThatIsTakenBackNeverRuns() {
        PickingRouter router = router(Endpoint.of("a", 1));
        FakeCall running = route(router, "m");
        FakeCall waiting = route(router, "m");
        router.cancel(waiting);
        router.cancel(waiting);
        assertThat(waiting.outcomes).containsExactly(Outcome.CANCELLED);
        lease(running).complete(Outcome.COMPLETED);
        assertThat(waiting.granted).isEmpty();
    }

    @Test
    void servesWhoeverWaitsForAnotherModelPastAFullOne() {
        PickingRouter router = router(only("a", "x"), only("b", "y"));
        FakeCall x = route(router, "x");
        FakeCall y = route(router, "y");
        FakeCall secondX = route(router, "x");
        FakeCall secondY = route(router, "y");
        lease(y).complete(Outcome.COMPLETED);
        assertThat(secondY.granted).hasSize(1);
        assertThat(secondX.granted).isEmpty();
        lease(x).complete(Outcome.COMPLETED);
        assertThat(secondX.granted).hasSize(1);
    }

    @Test
    void refusesAModelThatNobodyServesAndWhatTheQueueCannotHold() {
        PickingRouter router = new PickingRouter(
                new PoolSnapshot(1, List.of(only("a", "x"))),
                Pickers.random(new SplittableRandom(1)),
                new AdmissionLimits(1, 1, 100, 1),
                ticker);
        assertThat(route(router, "unknown").failure()).isEqualTo(FailureKind.UNKNOWN_LABEL);
        route(router, "x");
        route(router, "x");
        assertThat(route(router, "x").failure()).isEqualTo(FailureKind.QUEUE_FULL);
    }

    @Test
    void anEndpointThatIsAddedServesThoseWhoWait() {
        PickingRouter router = router(Endpoint.of("a", 1));
        route(router, "m");
        FakeCall waiting = route(router, "m");
        router.endpointsChanged(new PoolSnapshot(2, List.of(Endpoint.of("a", 1), Endpoint.of("b", 1))));
        assertThat(waiting.granted)
                .singleElement()
                .satisfies(lease -> assertThat(lease.endpoint()).isEqualTo(new EndpointId("b")));
    }

    @Test
    void anEndpointWhoseLimitChangesKeepsWhatIsInFlight() {
        PickingRouter router = router(Endpoint.of("a", 2));
        FakeCall first = route(router, "m");
        route(router, "m");
        router.endpointsChanged(new PoolSnapshot(2, List.of(Endpoint.of("a", 1))));
        FakeCall waiting = route(router, "m");
        lease(first).complete(Outcome.COMPLETED);
        assertThat(waiting.granted).isEmpty();
    }

    @Test
    void manyCallsThatEndInTheirCallbackDoNotNest() {
        PickingRouter router = new PickingRouter(
                new PoolSnapshot(1, List.of(Endpoint.of("a", 1))),
                Pickers.random(new SplittableRandom(1)),
                new AdmissionLimits(100_000, 100_000, 1 << 20, 1),
                ticker);
        FakeCall first = route(router, "m");
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            router.route(new Call(InferenceRequest.of("r", "m", "t")) {
                @Override
                protected void granted(Lease lease) {
                    lease.complete(Outcome.COMPLETED);
                }

                @Override
                protected void ended(Outcome outcome) {
                    ended.incrementAndGet();
                }
            });
        }
        lease(first).complete(Outcome.COMPLETED);
        assertThat(ended).hasValue(20_000);
    }

    @Test
    void aCallbackThatThrowsDoesNotStopTheGrants() {
        PickingRouter router = router(Endpoint.of("a", 1));
        FakeCall rude = new FakeCall(InferenceRequest.of("r", "m", "t")) {
            @Override
            protected void ended(Outcome outcome) {
                throw new IllegalStateException("rude");
            }
        };
        rude.decision = router.route(rude);
        FakeCall waiting = route(router, "m");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> lease(rude).complete(Outcome.COMPLETED))
                .hasMessage("rude");
        assertThat(waiting.granted).hasSize(1);
    }

    @Test
    void underManyThreadsEveryCallEndsOnceAndNoLimitIsExceeded() {
        int[] limits = {1, 2, 3};
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < limits.length; i++) {
            endpoints.add(Endpoint.of("e" + i, limits[i]));
        }
        PickingRouter router = new PickingRouter(
                new PoolSnapshot(1, endpoints),
                (candidates, request) -> {
                    int start = ThreadLocalRandom.current().nextInt(candidates.size());
                    for (int i = 0; i < candidates.size(); i++) {
                        int index = (start + i) % candidates.size();
                        if (candidates.available(index)) {
                            return index;
                        }
                    }
                    return -1;
                },
                AdmissionLimits.DEFAULTS,
                System::nanoTime);
        AtomicIntegerArray inFlight = new AtomicIntegerArray(limits.length);
        Queue<String> violations = new ConcurrentLinkedQueue<>();
        Queue<StressCall> all = new ConcurrentLinkedQueue<>();
        Threads.run(6, thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            Queue<StressCall> mine = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                StressCall call = new StressCall(inFlight, limits, violations);
                all.add(call);
                mine.add(call);
                Decision decision = router.route(call);
                if (decision instanceof Decision.Routed routed) {
                    call.hold(routed.lease());
                } else if (decision instanceof Decision.Refused) {
                    call.ended.incrementAndGet();
                }
                if (random.nextInt(8) == 0) {
                    call.release();
                    router.cancel(call);
                }
                if (mine.size() > 3) {
                    mine.remove().finish();
                }
            }
            mine.forEach(StressCall::finish);
        });
        all.forEach(StressCall::finish); // those that were granted after their thread had looked
        assertThat(violations).isEmpty();
        assertThat(router.waiting()).isZero();
        assertThat(all.stream().filter(call -> call.ended.get() != 1)).isEmpty();
        for (int i = 0; i < limits.length; i++) {
            assertThat(inFlight.get(i)).isZero();
        }
    }

    private PickingRouter router(Endpoint... endpoints) {
        return new PickingRouter(
                new PoolSnapshot(1, List.of(endpoints)),
                Pickers.leastInFlight(new SplittableRandom(1)),
                AdmissionLimits.DEFAULTS,
                ticker);
    }

    private static Endpoint only(String id, String model) {
        return new Endpoint(new EndpointId(id), Set.of(model), 1);
    }

    private static FakeCall route(PickingRouter router, String model) {
        FakeCall call = new FakeCall(InferenceRequest.of("r", model, "t"));
        call.decision = router.route(call);
        return call;
    }

    private static Lease lease(FakeCall call) {
        if (call.decision instanceof Decision.Routed routed) {
            return routed.lease();
        }
        return call.granted.get(0);
    }

    /** Counts itself on its endpoint from the lease until just before it is completed or taken back. */
    private static final class StressCall extends Call {
        private final AtomicIntegerArray inFlight;
        private final int[] limits;
        private final Queue<String> violations;
        private final AtomicInteger ended = new AtomicInteger();
        private boolean isDone; // guarded by this, like held
        private @Nullable Lease held;

        private StressCall(AtomicIntegerArray inFlight, int[] limits, Queue<String> violations) {
            super(InferenceRequest.of("r", "m", "t"));
            this.inFlight = inFlight;
            this.limits = limits;
            this.violations = violations;
        }

        @Override
        protected void granted(Lease lease) {
            if (!hold(lease)) {
                lease.complete(Outcome.COMPLETED);
            }
        }

        private synchronized boolean hold(Lease lease) {
            held = lease;
            if (!isDone && inFlight.incrementAndGet(index(lease)) > limits[index(lease)]) {
                violations.add("over the limit of " + lease.endpoint());
            }
            return !isDone;
        }

        private synchronized @Nullable Lease release() {
            if (!isDone && held != null) {
                inFlight.decrementAndGet(index(held));
            }
            isDone = true;
            return held;
        }

        private void finish() {
            Lease lease = release();
            if (lease != null) {
                lease.complete(Outcome.COMPLETED);
            }
        }

        private static int index(Lease lease) {
            return lease.endpoint().value().charAt(1) - '0';
        }

        @Override
        protected void ended(Outcome outcome) {
            if (ended.incrementAndGet() > 1) {
                violations.add("ended twice");
            }
        }
    }
}
