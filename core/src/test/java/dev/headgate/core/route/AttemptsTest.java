package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    private static final EndpointId W1 = new EndpointId("w1");
    private final FakeDispatch dispatch = FakeDispatch.late();

    @Test
    void aCallThatCanRunAtOnceIsRoutedAndEndsWithItsResult() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        assertThat(call.decision).isInstanceOf(Decision.Routed.class);
        dispatch.finish("w1", 10);
        assertThat(call.isCompleted()).isTrue();
        assertThat(call.granted).isEmpty();
        assertThat(dispatch.router.isIdle()).isTrue();
    }

    @Test
    void aCallThatMustWaitIsGrantedLater() {
        dispatch.join("w1");
        FakeCall call = dispatch.call("a");
        assertThat(call.decision).isInstanceOf(Decision.Waiting.class);
        dispatch.ready("w1", "a", 100);
        assertThat(call.granted).hasSize(1);
        assertThat(call.granted.get(0)).isInstanceOfSatisfying(PlacedLease.class, lease -> {
            assertThat(lease.isLabelMiss()).isTrue();
            assertThat(lease.missCause()).isEqualTo("cold");
            assertThat(lease.loadNanos()).isEqualTo(100_000_000);
        });
    }

    @Test
    void aTaskWhoseWorkerIsLostGoesToTheHeadWithAnotherAttempt() {
        dispatch.join("w1", "a");
        FakeCall lost = dispatch.call("a");
        FakeCall later = dispatch.call("a");
        dispatch.router.workerLeft(W1);
        dispatch.join("w2", "a");
        assertThat(dispatch.workers.said()).contains("assign w2 a a-1/2").doesNotContain("assign w2 a a-2/1");
        dispatch.finish("w2", 10);
        dispatch.finish("w2", 10);
        assertThat(lost.isCompleted()).isTrue();
        assertThat(lost.attempts()).isEqualTo(2);
        assertThat(later.attempts()).isEqualTo(1);
    }

    @Test
    void aTaskThatMustNotBeRepeatedEndsIfTheWorkerHadAcceptedIt() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.route(InferenceRequest.of("r", "a", "run").onlyOnce());
        dispatch.accept("w1");
        dispatch.router.workerLeft(W1);
        assertThat(call.failure()).isEqualTo(FailureKind.WORKER_LOST);
    }

    @Test
    void aTaskThatMustNotBeRepeatedIsSentAgainIfNobodyAcceptedIt() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.route(InferenceRequest.of("r", "a", "run").onlyOnce());
        dispatch.router.workerLeft(W1);
        dispatch.join("w2", "a");
        assertThat(call.attempts()).isEqualTo(2);
        assertThat(call.outcomes).isEmpty();
    }

    @Test
    void aTaskThatLosesEveryWorkerIsPoisoned() {
        FakeCall call = null;
        for (int i = 1; i <= DispatchSettings.DEFAULTS.attempts(); i++) {
            dispatch.join("w" + i, "a");
            call = call == null ? dispatch.call("a") : call;
            assertThat(call.isOver()).isFalse();
            dispatch.router.workerLeft(new EndpointId("w" + i));
        }
        assertThat(call).isNotNull().satisfies(c -> assertThat(c.failure()).isEqualTo(FailureKind.POISONED));
    }

    @Test
    void aTaskExpiresWhileItWaitsAndIsNeverStarted() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        FakeCall late = callWithDeadline(Duration.ofSeconds(1));
        dispatch.pass(Duration.ofSeconds(1));
        assertThat(late.failure()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        dispatch.finish("w1", 10);
        assertThat(late.attempts()).isZero();
        assertThat(dispatch.router.isIdle()).isTrue();
    }

    @Test
    void aTaskExpiresWhileItRunsAndItsSlotIsFreeWhenTheWorkerSaysSo() {
        dispatch.join("w1", "a");
        FakeCall late = callWithDeadline(Duration.ofSeconds(1));
        FakeCall next = dispatch.call("a");
        dispatch.pass(Duration.ofSeconds(1));
        assertThat(late.failure()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(dispatch.workers.said()).contains("cancel w1 a: deadline");
        assertThat(next.granted).isEmpty();
        assertThat(dispatch.answer("w1", Outcome.CANCELLED, 0)).isNull();
        assertThat(next.granted).hasSize(1);
        assertThat(late.outcomes).hasSize(1);
    }

    @Test
    void aWaitingCallIsTakenBackAtOnce() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        FakeCall waiting = dispatch.call("a");
        dispatch.router.cancel(waiting);
        dispatch.router.cancel(waiting);
        assertThat(waiting.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(dispatch.router.waiting()).isZero();
    }

    @Test
    void aRunningCallEndsAtOnceAndItsWorkerIsToldToStop() {
        dispatch.join("w1", "a");
        FakeCall running = dispatch.call("a");
        dispatch.router.cancel(running);
        assertThat(running.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(dispatch.workers.said()).contains("cancel w1 a-1: the caller went away");
        dispatch.finish("w1", 10);
        assertThat(running.outcomes).hasSize(1);
        assertThat(dispatch.router.isIdle()).isTrue();
    }

    @Test
    void aCallThatIsBoundToALoadingWorkerFreesItsSlotWhenItIsTakenBack() {
        FakeDispatch seed =
                new FakeDispatch("seed", dev.headgate.core.place.PlacementSettings.DEFAULTS, DispatchSettings.DEFAULTS);
        seed.join("w1");
        FakeCall bound = seed.call("a");
        assertThat(seed.router.isIdle()).isFalse();
        seed.router.cancel(bound);
        assertThat(bound.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(seed.router.isIdle()).isTrue();
        seed.ready("w1", "a", 100);
        assertThat(seed.workers.said()).noneMatch(said -> said.startsWith("assign"));
        assertThat(seed.call("a").decision).isInstanceOf(Decision.Routed.class);
    }

    @Test
    void aWorkerThatDoesNotStopInTimeIsLost() {
        dispatch.join("w1", "a");
        dispatch.router.cancel(dispatch.call("a"));
        dispatch.passWithHeartbeats(DispatchSettings.DEFAULTS.cancelGrace(), "w1");
        assertThat(dispatch.events).contains("lost w1 with 1: it did not stop a task within PT5S");
        assertThat(dispatch.workers.said()).anyMatch(said -> said.startsWith("disconnect w1"));
    }

    @Test
    void aRunThatMakesNoProgressIsStoppedAndTriedAgain() {
        dispatch.join("w1", "a");
        FakeCall stuck = dispatch.call("a");
        dispatch.passWithHeartbeats(Duration.ofSeconds(59), "w1");
        assertThat(dispatch.workers.said()).noneMatch(said -> said.startsWith("cancel"));
        dispatch.passWithHeartbeats(Duration.ofSeconds(1), "w1");
        assertThat(dispatch.workers.said()).contains("cancel w1 a-1: no progress");
        dispatch.answer("w1", Outcome.CANCELLED, 0);
        assertThat(stuck.outcomes).isEmpty();
        assertThat(stuck.attempts()).isEqualTo(2);
    }

    @Test
    void aStaleAnswerIsDroppedAndCounted() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        LeaseKey key = dispatch.workers.side(W1).running.keySet().iterator().next();
        dispatch.finish("w1", 10);
        assertThat(dispatch.router.taskEnded(W1, key, Outcome.COMPLETED, 1)).isNull();
        assertThat(dispatch.router.taskEnded(new EndpointId("x"), key, Outcome.COMPLETED, 1))
                .isNull();
        assertThat(dispatch.router.taskEnded(W1, new LeaseKey("other", 1, 5), Outcome.COMPLETED, 1))
                .isNull();
        assertThat(dispatch.events).containsSubsequence("stale w1", "stale x", "stale w1");
    }

    @Test
    void aRefusedTaskWaitsAgainAndThatIsNoAttempt() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        LeaseKey key = dispatch.workers.side(W1).running.keySet().iterator().next();
        dispatch.workers.side(W1).running.clear();
        dispatch.router.taskRejected(W1, key);
        assertThat(call.attempts()).isZero();
        assertThat(dispatch.router.waiting()).isEqualTo(1);
        dispatch.heard("w1");
        assertThat(call.attempts()).isEqualTo(1);
    }

    @Test
    void theLeaseOfARefusedTaskIsOver() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        PlacedLease refused =
                dispatch.workers.side(W1).running.values().iterator().next();
        dispatch.router.taskRejected(W1, refused.key());
        assertThat(refused.complete(Outcome.COMPLETED)).isFalse();
        assertThat(call.outcomes).isEmpty();
    }

    @Test
    void aTaskRefusedForAMissingModelBringsTheModelBack() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        LeaseKey key = dispatch.workers.side(W1).running.keySet().iterator().next();
        dispatch.workers.side(W1).running.clear();
        dispatch.workers.side(W1).resident.clear();
        dispatch.router.taskRejectedNotLoaded(W1, key);
        assertThat(dispatch.workers.said()).contains("load w1 a over []");
        dispatch.ready("w1", "a", 50);
        dispatch.finish("w1", 10);
        assertThat(call.isCompleted()).isTrue();
        assertThat(call.attempts()).isEqualTo(1);
    }

    @Test
    void aHandlersErrorIsReturnedWithoutAnotherAttempt() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        dispatch.answer("w1", new Outcome.Failed(Failure.of(FailureKind.TASK_FAILED, "no")), 10);
        assertThat(call.failure()).isEqualTo(FailureKind.TASK_FAILED);
        assertThat(call.attempts()).isEqualTo(1);
    }

    @Test
    void cancellingARefusedCallTellsItNothing() {
        dispatch.router.drain();
        FakeCall call = dispatch.call("a");
        dispatch.router.cancel(call);
        assertThat(call.outcomes).isEmpty();
    }

    @Test
    void aCallbackThatThrowsDoesNotSilenceTheNextOnes() {
        dispatch.join("w1", "a");
        FakeCall rude = new FakeCall(InferenceRequest.of("rude", "a", "run")) {
            @Override
            protected void ended(Outcome outcome) {
                throw new IllegalStateException("rude");
            }
        };
        dispatch.router.route(rude);
        FakeCall next = dispatch.call("a");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> dispatch.finish("w1", 10))
                .hasMessage("rude");
        dispatch.finish("w1", 10);
        assertThat(next.granted).hasSize(1);
        assertThat(next.isCompleted()).isTrue();
    }

    private FakeCall callWithDeadline(Duration in) {
        return dispatch.route(
                InferenceRequest.of("a", "a", "run").withDeadline(Deadline.after(dispatch.ticker.nanos(), in)));
    }
}
