package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoorTest {
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private final FakeDispatch dispatch =
            FakeDispatch.with(DispatchSettings.DEFAULTS.withAdmission(new AdmissionLimits(4, 2, 100, 0.5)));

    @Test
    void refusesEverythingWhileItDrains() {
        dispatch.join("w1", "a");
        FakeCall before = dispatch.call("a");
        dispatch.router.drain();
        assertRefused(dispatch.call("a"), FailureKind.NO_WORKERS, FIVE_SECONDS);
        dispatch.finish("w1", 10);
        assertThat(before.isCompleted()).isTrue();
    }

    @Test
    void refusesWhenNoWorkerHasBeenThereForAWhile() {
        dispatch.pass(Duration.ofMillis(4_999));
        assertThat(dispatch.call("a").decision).isInstanceOf(Decision.Waiting.class);
        dispatch.pass(Duration.ofMillis(1));
        assertRefused(dispatch.call("a"), FailureKind.NO_WORKERS, FIVE_SECONDS);
    }

    @Test
    void refusesALabelThatNobodyEverOffered() {
        dispatch.join(limited("w1", "a"));
        assertRefused(dispatch.call("x"), FailureKind.UNKNOWN_LABEL, Duration.ZERO);
    }

    @Test
    void refusesALabelWhoseWorkersAreAwayForNow() {
        dispatch.join(limited("w1", "a"));
        dispatch.join(limited("w2", "b"));
        dispatch.router.workerLeft(new EndpointId("w1"));
        assertRefused(dispatch.call("a"), FailureKind.MODEL_UNAVAILABLE, FIVE_SECONDS);
    }

    @Test
    void refusesATaskTypeThatNobodyRuns() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.route(InferenceRequest.of("r", "a", "dance"));
        assertRefused(call, FailureKind.UNKNOWN_TASK_TYPE, Duration.ZERO);
    }

    @Test
    void refusesAModelLargerThanTheMemoryOfEveryWorker() {
        WorkerCapacity small = new WorkerCapacity(1, 1, 2, 20_000_000);
        WorkerOffer offer = FakeDispatch.offer("w1", "first", small, Set.of());
        dispatch.join(new WorkerOffer(
                offer.id(),
                offer.instance(),
                offer.engine(),
                small,
                offer.labels(),
                offer.anyLabel(),
                offer.taskTypes(),
                offer.resident(),
                Map.of("a", 43_000_000L),
                offer.running()));
        FakeCall call = dispatch.call("a");
        assertRefused(call, FailureKind.MODEL_LOAD_FAILED, Duration.ZERO);
        assertThat(refusal(call).message())
                .isEqualTo("model a needs 43 MB of memory, more than any connected worker has");
    }

    @Test
    void refusesWhenTheQueueOfALabelIsFullAndSaysWhenToComeBack() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.call("a");
        dispatch.call("a");
        Failure failure = refusal(dispatch.call("a"));
        assertThat(failure.kind()).isEqualTo(FailureKind.QUEUE_FULL);
        assertThat(failure.message()).contains("queue of a is full");
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theHintIsThePredictedWaitButNever60Seconds() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 100, 30_000);
        dispatch.call("a");
        dispatch.call("a");
        assertThat(refusalAfterAnother("a").retryAfter()).isEqualTo(Duration.ofSeconds(59));
        FakeDispatch brisk =
                FakeDispatch.with(DispatchSettings.DEFAULTS.withAdmission(new AdmissionLimits(4, 2, 100, 0.5)));
        brisk.join("w1");
        brisk.teach("w1", "a", 100, 6_000);
        brisk.call("a");
        brisk.call("a");
        brisk.call("a");
        assertThat(refusal(brisk.call("a")).retryAfter()).isEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void refusesWhatCannotEndBeforeItsDeadline() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 100, 3_000);
        dispatch.call("a");
        Failure failure = refusal(callWithin(Duration.ofSeconds(5)));
        assertThat(failure.kind()).isEqualTo(FailureKind.WOULD_MISS_DEADLINE);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(callWithin(Duration.ofSeconds(7)).decision).isInstanceOf(Decision.Waiting.class);
    }

    @Test
    void admitsOneTaskOfAnIdleLabelHoweverLongItsRunsSeemToTake() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 100, 500_000);
        FakeCall first = callWithin(Duration.ofSeconds(5));
        assertThat(first.decision).isInstanceOf(Decision.Routed.class);
        assertThat(refusal(callWithin(Duration.ofSeconds(5))).kind()).isEqualTo(FailureKind.WOULD_MISS_DEADLINE);
    }

    @Test
    void aModelThatFailsThreeTimesOnTheOnlyWorkerFailsItsWaits() {
        dispatch.join("w1");
        FakeCall call = dispatch.call("a");
        dispatch.loadFailed("w1", "a");
        dispatch.passWithHeartbeats(Duration.ofSeconds(1), "w1");
        dispatch.loadFailed("w1", "a");
        dispatch.passWithHeartbeats(Duration.ofSeconds(2), "w1");
        assertThat(call.isOver()).isFalse();
        dispatch.loadFailed("w1", "a");
        assertThat(call.failure()).isEqualTo(FailureKind.MODEL_LOAD_FAILED);
        Failure next = refusal(dispatch.call("a"));
        assertThat(next.kind()).isEqualTo(FailureKind.MODEL_UNAVAILABLE);
        assertThat(next.message()).contains("file is broken");
        assertThat(next.retryAfter()).isEqualTo(Duration.ofSeconds(59));
    }

    @Test
    void aModelIsTriedAgainWhenItsExclusionEnds() {
        dispatch.join("w1");
        dispatch.call("a");
        dispatch.router.modelFailedForGood(new EndpointId("w1"), "a", "bad graph");
        dispatch.workers.side(new EndpointId("w1")).loading.clear();
        dispatch.passWithHeartbeats(Duration.ofSeconds(450), "w1");
        dispatch.workers.said();
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("load w1 a over []");
    }

    @Test
    void aModelThatFailsForGoodOnFiveWorkersIsGivenUp() {
        for (int i = 1; i <= 6; i++) {
            dispatch.join("w" + i);
        }
        FakeCall call = dispatch.call("a");
        for (int i = 1; i <= 5; i++) {
            assertThat(call.isOver()).isFalse();
            String loading = "w" + i; // all are idle, so the first to join is the first to load
            assertThat(dispatch.workers.said()).containsExactly("load " + loading + " a over []");
            dispatch.workers.side(new EndpointId(loading)).loading.clear();
            dispatch.router.modelFailedForGood(new EndpointId(loading), "a", "bad graph");
        }
        assertThat(call.failure()).isEqualTo(FailureKind.MODEL_LOAD_FAILED);
    }

    @Test
    void aWaitForARestingWorkerEndsInTimeWhateverElseIsPlanned() {
        FakeDispatch busy = FakeDispatch.lateWithOverlap();
        busy.join(FakeDispatch.offer("w1", "first", new WorkerCapacity(1, 1, 3, 0), Set.of("b")));
        busy.call("a");
        busy.loadFailed("w1", "a");
        busy.call("b");
        busy.call("c"); // the busy worker loads it once the rent is paid, and a timer is set for that
        busy.pass(Duration.ofMillis(900));
        assertThat(busy.events).last().isEqualTo("loading w1 c cold");
        busy.ready("w1", "c", 100);
        busy.pass(Duration.ofMillis(100));
        assertThat(busy.events).last().isEqualTo("loading w1 a cold");
    }

    private Failure refusalAfterAnother(String label) {
        dispatch.call(label);
        return refusal(dispatch.call(label));
    }

    private FakeCall callWithin(Duration deadline) {
        return dispatch.route(
                InferenceRequest.of("r", "a", "run").withDeadline(Deadline.after(dispatch.ticker.nanos(), deadline)));
    }

    private static void assertRefused(FakeCall call, FailureKind kind, Duration retryAfter) {
        assertThat(refusal(call).kind()).isEqualTo(kind);
        assertThat(refusal(call).retryAfter()).isEqualTo(retryAfter);
    }

    private static Failure refusal(FakeCall call) {
        if (call.decision instanceof Decision.Refused refused) {
            return refused.failure();
        }
        throw new AssertionError("not refused: " + call.decision);
    }

    private static WorkerOffer limited(String worker, String label) {
        return new WorkerOffer(
                new EndpointId(worker),
                "first",
                "fake",
                FakeDispatch.TWO_LABELS,
                Set.of(label),
                false,
                Set.of("run"),
                Set.of(),
                Map.of(),
                List.of());
    }
}
