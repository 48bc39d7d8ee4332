package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.ALL;
import static dev.headgate.core.route.PoolFixture.complete;
import static dev.headgate.core.route.PoolFixture.isAssigned;
import static dev.headgate.core.route.PoolFixture.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.RouterPlan.RouterThread;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Routers that fail, hang or are replaced (routing.md §5). */
class PoolSwapTest {
    @Test
    void aRouterThatThrowsIsReplacedByTheFallbackForThatPass() {
        PoolFixture pool = PoolFixture.of(
                (candidates, request, ranks) -> {
                    ranks.add(1);
                    throw new IllegalStateException("broken");
                },
                PoolEndpoint.of("a", 9),
                PoolEndpoint.of("b", 9));
        assertThat(where(pool.route("1"))).isEqualTo("a");
        assertThat(pool.news()).containsExactly("failed exception", "sent 1 a");
    }

    @Test
    void anUnknownIndexAndAScoreThatIsNoNumberAreFailuresOfTheirOwnKind() {
        PoolFixture badIndex = PoolFixture.of((c, request, ranks) -> ranks.add(7), PoolEndpoint.of("a", 9));
        badIndex.route("1");
        assertThat(badIndex.news()).contains("failed bad_index");
        PoolFixture nan = PoolFixture.of(
                (c, request, ranks) -> {
                    throw new ArithmeticException("score: NaN");
                },
                PoolEndpoint.of("a", 9));
        nan.route("1");
        assertThat(nan.news()).contains("failed nan");
    }

    @Test
    void choosingNothingIsNoFailure() {
        PoolFixture pool = PoolFixture.of((candidates, request, ranks) -> {}, PoolEndpoint.of("a", 9));
        FakeCall call = pool.route("1");
        pool.millis(10_000);
        assertThat(isAssigned(call)).isFalse();
        assertThat(pool.log).isEmpty();
    }

    @Test
    void fiftyFailuresInTenSecondsQuarantineARouterUntilTheNext() {
        PoolFixture pool = PoolFixture.of(
                (candidates, request, ranks) -> {
                    throw new IllegalStateException("broken");
                },
                PoolEndpoint.of("a", 0));
        for (int i = 0; i < 49; i++) {
            pool.route("" + i);
        }
        assertThat(pool.log).doesNotContain("quarantined 1");
        pool.route("50");
        pool.route("51");
        assertThat(pool.log).containsOnlyOnce("quarantined 1");
        assertThat(pool.choices).isEqualTo(50);
        assertThat(pool.pool.swap(plan(new Recorder("second")))).isEmpty();
        pool.route("52");
        assertThat(pool.pool.generation()).isEqualTo(2);
        assertThat(pool.pool.routerFailures()).isZero();
    }

    @Test
    void failuresThatAreFarApartDoNotQuarantine() {
        PoolFixture pool = PoolFixture.of(
                (candidates, request, ranks) -> {
                    throw new IllegalStateException("broken");
                },
                PoolEndpoint.of("a", 0));
        for (int i = 0; i < 200; i++) {
            pool.route("" + i);
            pool.millis(250);
        }
        assertThat(pool.log).doesNotContain("quarantined 1");
    }

    @Test
    void aRefusedRouterLeavesTheOneInForce() {
        Recorder first = new Recorder("first");
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL).with(PoolEndpoint.of("a", 1));
        pool.pool.swap(plan(first));
        Recorder picky = new Recorder("picky") {
            @Override
            public void start(RouterSetup setup) {
                throw new IllegalArgumentException("lambda: -1 (expected: >= 0)");
            }
        };
        assertThat(pool.pool.swap(plan(picky))).contains("lambda: -1 (expected: >= 0)");
        assertThat(picky.told).containsExactly("closed");
        assertThat(first.told).doesNotContain("closed");
        assertThat(pool.pool.generation()).isEqualTo(2);
    }

    @Test
    void assignedCallsReportToTheirRouterAndItClosesWithTheLast() {
        Recorder first = new Recorder("first");
        Recorder second = new Recorder("second");
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL).with(PoolEndpoint.of("a", 1));
        pool.pool.swap(plan(first));
        FakeCall running = pool.route("1");
        FakeCall waiting = pool.route("2");
        assertThat(pool.pool.swap(plan(second))).isEmpty();
        assertThat(second.state).isEqualTo("state of first");
        assertThat(second.told).containsExactly("endpoints 1");
        complete(running);
        assertThat(first.told).endsWith("sent 1", "routed 1", "completed 1", "closed");
        assertThat(where(waiting)).isEqualTo("a");
        assertThat(second.told).containsExactly("endpoints 1", "sent 2");
    }

    @Test
    void aRouterIsClosedAfterAMinuteWhateverStillRuns() {
        Recorder first = new Recorder("first");
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL).with(PoolEndpoint.of("a", 1));
        pool.pool.swap(plan(first));
        FakeCall running = pool.route("1");
        pool.pool.swap(plan(new Recorder("second")));
        pool.millis(59_999);
        assertThat(first.told).doesNotContain("closed");
        pool.millis(1);
        complete(running);
        assertThat(first.told).endsWith("sent 1", "closed");
    }

    @Test
    void aHundredSwapsLoseAndReorderNothing() {
        PoolFixture pool = new PoolFixture(PoolSettings.DEFAULTS, ALL).with(PoolEndpoint.of("a", 2));
        List<FakeCall> calls = new ArrayList<>();
        Queue<FakeCall> running = new ArrayDeque<>();
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(pool.route(new FakeCall(dev.headgate.core.request.InferenceRequest.of("" + i, "m", "chat")) {
                @Override
                protected void granted(Lease lease) {
                    super.granted(lease);
                    order.add(request().id());
                    running.add(this);
                }
            }));
            if (calls.get(i).decision instanceof Decision.Routed) {
                order.add("" + i);
                running.add(calls.get(i));
            }
            if (i % 10 == 0) {
                assertThat(pool.pool.swap(plan(new Recorder("r" + i)))).isEmpty();
            }
            if (i % 2 == 1) {
                complete(running.remove());
            }
            pool.millis(1);
        }
        while (!running.isEmpty()) {
            complete(running.remove());
        }
        assertThat(calls).allSatisfy(call -> assertThat(call.outcomes).containsExactly(Outcome.COMPLETED));
        assertThat(order)
                .isEqualTo(calls.stream().map(call -> call.request().id()).toList());
        pool.assertIdle();
    }

    @Test
    void aRouterOnItsOwnThreadIsAskedOneAfterAnotherAndAnswersLater() {
        Hand hand = new Hand();
        Recorder slow = new Recorder("slow");
        PoolFixture pool = hand.pool(slow, 0);
        FakeCall first = pool.route("1");
        FakeCall second = pool.route("2");
        assertThat(first.decision).isEqualTo(Decision.WAITING);
        assertThat(pool.pool.waiting())
                .as("their first choice may still assign them")
                .isZero();
        hand.run();
        assertThat(where(first)).isEqualTo("a");
        hand.run();
        assertThat(where(second)).isEqualTo("a");
        assertThat(slow.choices).isEqualTo(2);
        complete(first);
        complete(second);
        hand.run();
        assertThat(slow.told).endsWith("completed 1", "routed 2", "completed 2");
        pool.assertIdle();
    }

    @Test
    void aCallThatMayNotWaitIsRefusedWhenItsFirstChoiceCameToNothing() {
        Hand hand = new Hand();
        PoolFixture pool = hand.pool(new Recorder("slow"), 1);
        FakeCall first = pool.route("1");
        FakeCall second = pool.route("2");
        hand.run();
        hand.run();
        assertThat(isAssigned(first)).isTrue();
        assertThat(second.failure()).isEqualTo(FailureKind.BACK_PRESSURE);
        complete(first);
        pool.assertIdle();
    }

    @Test
    void aRouterThatHangsCostsFiftyMillisecondsOnceAndIsUsedAgainWhenItReturns() {
        Hand hand = new Hand();
        Recorder hanging = new Recorder("hanging");
        PoolFixture pool = hand.pool(hanging, 0);
        FakeCall first = pool.route("1");
        FakeCall second = pool.route("2");
        pool.millis(49);
        assertThat(isAssigned(first)).isFalse();
        pool.millis(1);
        assertThat(isAssigned(first)).isTrue();
        assertThat(isAssigned(second)).isTrue();
        assertThat(pool.log).containsOnlyOnce("failed timeout");
        assertThat(isAssigned(pool.route("3"))).as("no second wait").isTrue();
        hand.run();
        FakeCall fourth = pool.route("4");
        assertThat(isAssigned(fourth)).isFalse();
        hand.run();
        assertThat(isAssigned(fourth)).isTrue();
    }

    private static RouterPlan plan(RequestRouter router) {
        return RouterPlan.of("custom", router, RouterSetup.Parameters.of(Map.of()), new SplittableRandom(1));
    }

    /** A thread whose work is done when the test says so. */
    private static final class Hand {
        private final Queue<Runnable> calls = new ArrayDeque<>();

        private PoolFixture pool(RequestRouter router, int limit) {
            PoolSettings settings = limit == 0 ? PoolSettings.DEFAULTS : PoolSettings.DEFAULTS.withMaxQueued(0);
            PoolFixture pool = new PoolFixture(settings, ALL).with(PoolEndpoint.of("a", limit));
            pool.pool.swap(plan(router).on(new RouterThread(calls::add, Runnable::run)));
            run();
            return pool;
        }

        private void run() {
            for (int waiting = calls.size(); waiting > 0; waiting--) {
                calls.remove().run();
            }
        }
    }

    /** Chooses the first endpoint and remembers what it is told. */
    private static class Recorder implements RequestRouter {
        private final String name;
        private final List<String> told = new ArrayList<>();
        private @Nullable Object state;
        private int choices;

        private Recorder(String name) {
            this.name = name;
        }

        @Override
        public void start(RouterSetup setup) {
            state = setup.previousState();
        }

        @Override
        public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
            choices++;
            ranks.add(0);
        }

        @Override
        public void endpointsChanged(Candidates all) {
            told.add("endpoints " + all.size());
        }

        @Override
        public void sent(EndpointId endpoint, PendingRequest request) {
            told.add("sent " + request.request().id());
        }

        @Override
        public void routed(EndpointId endpoint, PendingRequest request) {
            told.add("routed " + request.request().id());
        }

        @Override
        public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
            told.add("completed " + request.request().id());
        }

        @Override
        public Object handOver() {
            return "state of " + name;
        }

        @Override
        public void close() {
            told.add("closed");
        }
    }
}
