package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Workers whose tasks a router of requests places, with the router in the dispatcher's context or on a thread. */
class WorkerPoolTest {
    private final FakeDispatch dispatch = FakeDispatch.lateWithOverlap();
    private final Deque<Runnable> thread = new ArrayDeque<>();

    private void route(RouterSettings settings) {
        assertThat(dispatch.router.choices().routeBy("tasks", settings, new SplittableRandom(7), Runnable::run))
                .isEmpty();
    }

    /** Routes by {@code router} at once. */
    private void route(RecordingRouter router) {
        route(router.on(Runnable::run));
    }

    private void runThread() {
        while (!thread.isEmpty()) {
            thread.remove().run();
        }
    }

    private PolicyStatus status() {
        return dispatch.router.choices().policy().orElseThrow();
    }

    @Test
    void routerTakesThePlaceOfTheLongestIdle() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1");
        dispatch.finish("w1", 5);
        route(RecordingRouter.naming("w1"));
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-2/1");
    }

    @Test
    void onlyWorkersThatCouldRunTheTaskAreCandidates() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "b");
        dispatch.join("w3", "a", "b");
        dispatch.join("w4", "a");
        RecordingRouter router = RecordingRouter.naming("w2", "w3", "w4");
        route(router);
        dispatch.call("a");
        dispatch.call("a");
        assertThat(router.said())
                .containsSubsequence(
                        "choose a of [w1=0/1, w3=0/1, w4=0/1]",
                        "sent w3 a",
                        "choose a of [w1=0/1, w4=0/1]",
                        "sent w4 a");
    }

    @Test
    void routerHearsOfEachAttemptOnce() {
        dispatch.join("w1", "a");
        RecordingRouter router = RecordingRouter.naming("w1");
        route(router);
        dispatch.call("a");
        dispatch.accept("w1");
        dispatch.finish("w1", 5);
        assertThat(router.said())
                .containsExactly(
                        "endpoints [w1:[a]]",
                        "choose a of [w1=0/1]",
                        "sent w1 a",
                        "routed w1 a",
                        "completed w1 a Completed");
    }

    @Test
    void placementLoadsAsEverAndTheRouterSeesWhatIsLoaded() {
        dispatch.join("w1");
        RecordingRouter router = RecordingRouter.naming("w1");
        route(router);
        FakeCall call = dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("load w1 a over []");
        dispatch.ready("w1", "a", 100);
        dispatch.finish("w1", 5);
        assertThat(call.isCompleted()).isTrue();
        assertThat(router.said())
                .containsSubsequence("endpoints [w1:[]]", "endpoints [w1:[a]]", "choose a of [w1=0/1]", "sent w1 a");
    }

    @Test
    void lostWorkerIsDeadAndItsTaskGoesToAnother() {
        dispatch.join("w1", "a");
        RecordingRouter router = new RecordingRouter(id -> true);
        route(router);
        FakeCall call = dispatch.call("a");
        dispatch.join("w2", "a");
        router.said();
        dispatch.close("w1");
        dispatch.pass(Duration.ofSeconds(2));
        dispatch.finish("w2", 5);
        assertThat(call.isCompleted()).isTrue();
        assertThat(router.said())
                .containsExactly(
                        "unavailable w1",
                        "completed w1 a Failed",
                        "died w1",
                        "endpoints [w2:[a]]",
                        "endpoints [w2:[a]]",
                        "choose a of [w2=0/1]",
                        "sent w2 a",
                        "routed w2 a",
                        "completed w2 a Completed");
    }

    @Test
    void anotherProcessMayTakeTheNameOfALostOne() {
        dispatch.join("w1", "a");
        RecordingRouter router = new RecordingRouter(id -> true);
        route(router);
        dispatch.call("a");
        dispatch.close("w1");
        dispatch.join(FakeDispatch.offer("w1", "second", FakeDispatch.TWO_LABELS, Set.of("a")));
        assertThat(router.said()).containsSubsequence("died w1", "endpoints [w1:[a]]", "sent w1 a");
    }

    @Test
    void rejectedTaskIsCompletedAndChosenForAgain() {
        dispatch.join("w1", "a");
        RecordingRouter router = new RecordingRouter(id -> true);
        route(router);
        FakeCall call = dispatch.call("a");
        LeaseKey key = Objects.requireNonNull((PlacedLease) call.lease).key();
        dispatch.workers.side(call.lease.endpoint()).running.clear();
        router.said();
        dispatch.router.taskRejected(call.lease.endpoint(), key);
        dispatch.heard("w1");
        assertThat(router.said())
                .containsExactly("completed w1 a Throttled", "unavailable w1", "choose a of [w1=0/1]", "sent w1 a");
    }

    @Test
    void cancelledTaskHoldsItsPlaceUntilTheWorkerIsFree() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        RecordingRouter router = RecordingRouter.naming("w1", "w2");
        route(router);
        FakeCall call = dispatch.call("a");
        dispatch.router.cancel(call);
        router.said();
        dispatch.answer("w1", Outcome.CANCELLED, 1);
        assertThat(router.said()).containsExactly("completed w1 a Cancelled");
    }

    @Test
    void placementChoosesWhereTheRouterNamesNobody() {
        dispatch.join("w1", "a");
        RecordingRouter router = RecordingRouter.naming();
        route(router);
        FakeCall call = dispatch.call("a");
        dispatch.finish("w1", 5);
        assertThat(call.isCompleted()).isTrue();
        assertThat(router.said()).contains("sent w1 a", "completed w1 a Completed");
        assertThat(status().failures()).isZero();
    }

    @Test
    void fallbackChoosesWhereTheRouterThrows() {
        dispatch.join("w1", "a");
        route(RecordingRouter.settings(
                "thrower",
                (candidates, request, ranks) -> {
                    throw new IllegalStateException();
                },
                Runnable::run));
        FakeCall call = dispatch.call("a");
        dispatch.finish("w1", 5);
        assertThat(call.isCompleted()).isTrue();
        assertThat(status()).isEqualTo(new PolicyStatus("thrower", 1, 0, 1));
    }

    @Test
    void taskWaitsForARouterOnItsThreadAndKeepsItsPlace() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        RecordingRouter router = RecordingRouter.naming("w1");
        route(router.on(thread::add));
        runThread();
        FakeCall first = dispatch.call("a");
        dispatch.call("a");
        assertThat(dispatch.workers.said()).isEmpty();
        assertThat(dispatch.router.waiting()).isEqualTo(2);
        runThread();
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1", "assign w2 a a-2/1");
        assertThat(first.granted).hasSize(1);
    }

    @Test
    void routerThatHangsCostsFiftyMillisecondsOnce() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        route(new RecordingRouter(id -> true).on(thread::add));
        dispatch.call("a");
        dispatch.pass(Duration.ofMillis(49));
        assertThat(dispatch.workers.said()).isEmpty();
        dispatch.pass(Duration.ofMillis(1));
        assertThat(dispatch.workers.said()).hasSize(1);
        dispatch.call("a");
        assertThat(dispatch.workers.said()).hasSize(1);
        assertThat(status().failures()).isEqualTo(1);
    }

    @Test
    void taskThatEndsWhileItsRouterThinksLeavesNothingBehind() {
        dispatch.join("w1", "a");
        RecordingRouter router = new RecordingRouter(id -> true);
        route(router.on(thread::add));
        FakeCall cancelled = dispatch.call("a");
        InferenceRequest hurried = InferenceRequest.of("hurried", "a", "run")
                .withDeadline(Deadline.after(dispatch.ticker.nanos(), Duration.ofMillis(20)));
        FakeCall expired = dispatch.route(hurried);
        dispatch.router.cancel(cancelled);
        dispatch.pass(Duration.ofMillis(30));
        runThread();
        assertThat(cancelled.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(expired.failure()).isNotNull();
        assertThat(dispatch.workers.said()).isEmpty();
        assertThat(router.said()).noneMatch(said -> said.startsWith("sent"));
        FakeCall later = dispatch.call("a");
        runThread();
        dispatch.finish("w1", 5);
        assertThat(later.isCompleted()).isTrue();
    }

    @Test
    void workerThatIsLostWhileTheRouterThinksIsChosenForAgain() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        route(new RecordingRouter(id -> true).on(thread::add));
        dispatch.call("a");
        dispatch.router.workerLeft(
                FakeDispatch.offer("w1", "", FakeDispatch.TWO_LABELS, Set.of()).id());
        runThread();
        assertThat(dispatch.workers.said()).contains("assign w2 a a-1/1");
    }

    @Test
    void routersAreSwappedBetweenTwoChoices() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        RecordingRouter old = RecordingRouter.naming("w1").called("old");
        RecordingRouter next = RecordingRouter.naming("w2").called("next");
        route(old);
        dispatch.call("a");
        route(next);
        assertThat(status()).isEqualTo(new PolicyStatus("next", 2, 0, 0));
        dispatch.call("a");
        dispatch.finish("w1", 5);
        dispatch.finish("w2", 5);
        assertThat(old.said()).endsWith("completed w1 a Completed", "closed");
        assertThat(next.said())
                .containsExactly(
                        "endpoints [w1:[a], w2:[a]]",
                        "choose a of [w2=0/1]",
                        "sent w2 a",
                        "routed w2 a",
                        "completed w2 a Completed");
    }

    @Test
    void swapWhileTheOldRouterThinksKeepsTheTask() {
        dispatch.join("w1", "a");
        route(new RecordingRouter(id -> true).called("old").on(thread::add));
        FakeCall call = dispatch.call("a");
        route(RecordingRouter.policy("least-request"));
        runThread();
        dispatch.finish("w1", 5);
        assertThat(call.isCompleted()).isTrue();
        assertThat(status()).isEqualTo(new PolicyStatus("least-request", 2, 0, 0));
    }

    @Test
    void oneThatDoesNotStartChangesNothing() {
        route(RecordingRouter.policy("p2c"));
        assertThat(refusal(RecordingRouter.policy("p3c")).orElse("")).contains("p3c is unknown");
        assertThat(status()).isEqualTo(new PolicyStatus("p2c", 1, 0, 0));
    }

    @Test
    void baselinesTakeNone() {
        FakeDispatch seed = new FakeDispatch("seed", PlacementSettings.DEFAULTS, DispatchSettings.DEFAULTS);
        assertThat(seed.router
                        .choices()
                        .routeBy("tasks", RecordingRouter.policy("p2c"), new SplittableRandom(1), Runnable::run))
                .contains("given (expected: none, as placement.policy: seed chooses workers itself)");
        assertThat(seed.router.choices().policy()).isEmpty();
    }

    @Test
    void choiceIsExplainedToWhoAsks() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        route(RecordingRouter.policy("least-request"));
        FakeCall call = new FakeCall(InferenceRequest.of("r", "a", "run"));
        call.explain();
        call.decision = dispatch.router.route(call);
        Explanation explanation =
                dispatch.router.choices().explanation(call.explanationId()).orElseThrow();
        assertThat(explanation.policy()).isEqualTo("least-request");
        assertThat(explanation.candidates().size()).isEqualTo(2);
        assertThat(explanation.ranks()).isNotEmpty();
        assertThat(dispatch.router.choices().explanation(call.explanationId() + 1))
                .isEmpty();
    }

    @Test
    void requestsSpreadOverCopiesWhereThePolicySaysSo() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        dispatch.join("w3", "a");
        route(RecordingRouter.policy("round-robin"));
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            FakeCall call = dispatch.call("a");
            String worker = Objects.requireNonNull(call.lease).endpoint().value();
            used.add(worker);
            dispatch.finish(worker, 5);
        }
        assertThat(used).containsExactlyInAnyOrder("w1", "w2", "w3");
    }

    private Optional<String> refusal(RouterSettings settings) {
        Consumer<Runnable> owner = Runnable::run;
        return dispatch.router.choices().routeBy("tasks", settings, new SplittableRandom(7), owner);
    }

    @Test
    void candidatesAreTheWorkersWithWhatTheirHelloOffers() {
        dispatch.join("w1", "a");
        route(RecordingRouter.settings(
                "looks",
                (candidates, request, ranks) -> {
                    assertThat(candidates.models(0)).containsExactly("a");
                    assertThat(candidates.labels(0)).containsEntry("engine", "fake");
                    assertThat(request.createdAtNanos()).isEqualTo(dispatch.ticker.nanos());
                    first(ranks);
                },
                Runnable::run));
        dispatch.call("a");
        assertThat(status().failures()).isZero();
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1");
    }

    private static void first(Ranks ranks) {
        ranks.add(0);
    }
}
