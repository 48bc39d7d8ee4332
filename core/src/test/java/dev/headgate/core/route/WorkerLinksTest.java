package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerLinksTest {
    private static final EndpointId W1 = new EndpointId("w1");
    private final FakeDispatch dispatch = FakeDispatch.late();

    @Test
    void aSilentWorkerGetsNoNewWorkUntilItIsHeardAgain() {
        dispatch.join("w1", "a");
        dispatch.pass(Duration.ofSeconds(5));
        assertThat(dispatch.events).contains("suspect w1");
        assertThat(dispatch.router.isSuspect(W1)).isTrue();
        FakeCall call = dispatch.call("a");
        assertThat(call.attempts()).isZero();
        dispatch.heard("w1");
        assertThat(call.attempts()).isEqualTo(1);
    }

    @Test
    void aHeartbeatInTimeChangesNothing() {
        dispatch.join("w1", "a");
        dispatch.passWithHeartbeats(Duration.ofSeconds(60), "w1");
        assertThat(dispatch.events).containsExactly("joined w1");
    }

    @Test
    void aWorkerThatIsSilentForTheTtlIsLostAtOnce() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        dispatch.pass(Duration.ofMillis(9_999));
        assertThat(dispatch.events).doesNotContain("lost w1 with 1: it was silent for PT10S");
        dispatch.pass(Duration.ofMillis(1));
        assertThat(dispatch.events).contains("lost w1 with 1: it was silent for PT10S");
        assertThat(call.outcomes).isEmpty();
        assertThat(dispatch.router.waiting()).isEqualTo(1);
    }

    @Test
    void aClosedWorkerIsLostWhenTheGraceIsOver() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.close("w1");
        dispatch.pass(Duration.ofMillis(1_999));
        assertThat(dispatch.events).containsExactly("joined w1");
        dispatch.pass(Duration.ofMillis(1));
        assertThat(dispatch.events).hasSize(2).last().asString().startsWith("lost w1 with 1");
    }

    @Test
    void theSameProcessGoesOnWithWhatItRuns() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        LeaseKey running = runningOn("w1");
        dispatch.close("w1");
        dispatch.pass(Duration.ofSeconds(1));
        Joined joined = rejoin("first", Set.of("a"), List.of(running));
        assertThat(joined).isEqualTo(new Joined.Welcome(List.of(), true));
        dispatch.pass(Duration.ofSeconds(3));
        assertThat(dispatch.events).containsExactly("joined w1", "resumed w1");
        assertThat(dispatch.router.taskEnded(W1, running, Outcome.COMPLETED, 1)).isNotNull();
        assertThat(call.attempts()).isEqualTo(1);
        assertThat(call.isCompleted()).isTrue();
    }

    @Test
    void whatTheSameProcessNeverGotIsSaidAgain() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.close("w1");
        dispatch.workers.said();
        rejoin("first", Set.of("a"), List.of());
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1");
    }

    @Test
    void aLoadThatTheSameProcessDidNotFinishIsOrderedAgain() {
        dispatch.join("w1");
        dispatch.call("a");
        dispatch.close("w1");
        dispatch.workers.said();
        rejoin("first", Set.of(), List.of());
        assertThat(dispatch.workers.said()).containsExactly("load w1 a over []");
    }

    @Test
    void aLoadThatTheSameProcessNeverGotIsPlannedAnewWithItsVictims() {
        for (String policy : List.of("late", "seed", "random")) {
            FakeDispatch cut = new FakeDispatch(
                    policy,
                    dev.headgate.core.place.PlacementSettings.DEFAULTS.withOverlap(false),
                    DispatchSettings.DEFAULTS);
            cut.join("w1", "a", "b");
            cut.workers.side(W1).deaf = true;
            FakeCall call = cut.call("c");
            cut.close("w1");
            cut.workers.said();
            rejoin(cut, "first", Set.of("a", "b"), List.of());
            assertThat(cut.workers.said())
                    .as(policy)
                    .hasSize(1)
                    .first()
                    .asString()
                    .matches("load w1 c over \\[[ab]]");
            assertThat(cut.router.fleet().workers().get(0).copies()).as(policy).hasSize(2);
            cut.ready("w1", "c", 100);
            assertThat(call.attempts()).as(policy).isEqualTo(1);
        }
    }

    @Test
    void aLoadThatTheSameProcessIsStillMakingIsNotOrderedAgain() {
        dispatch.join("w1");
        dispatch.call("a");
        dispatch.close("w1");
        dispatch.workers.said();
        WorkerOffer offer = FakeDispatch.offer("w1", "first", FakeDispatch.TWO_LABELS, Set.of());
        dispatch.join(new WorkerOffer(
                offer.id(),
                offer.instance(),
                offer.engine(),
                offer.capacity(),
                offer.labels(),
                offer.anyLabel(),
                offer.taskTypes(),
                offer.resident(),
                offer.sizes(),
                offer.running(),
                Set.of("a")));
        dispatch.ready("w1", "a", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1");
    }

    @Test
    void aLoadThatEndedWhileTheProcessWasAwayServesItsTasks() {
        for (String policy : List.of("late", "seed", "random")) {
            FakeDispatch away = new FakeDispatch(
                    policy,
                    dev.headgate.core.place.PlacementSettings.DEFAULTS.withOverlap(false),
                    DispatchSettings.DEFAULTS);
            away.join("w1");
            FakeCall call = away.call("a");
            away.close("w1");
            rejoin(away, "first", Set.of("a"), List.of());
            assertThat(call.attempts()).as(policy).isEqualTo(1);
        }
    }

    @Test
    void aTaskThatWasCancelledWhileItsWorkerWasAwayIsNotSentAgain() {
        dispatch.join("w1", "a");
        FakeCall gone = dispatch.call("a");
        dispatch.close("w1");
        dispatch.router.cancel(gone);
        dispatch.workers.said();
        rejoin("first", Set.of("a"), List.of());
        assertThat(dispatch.workers.said()).isEmpty();
        assertThat(dispatch.call("a").attempts()).isEqualTo(1);
        dispatch.passWithHeartbeats(Duration.ofSeconds(20), "w1");
        assertThat(dispatch.events).noneMatch(event -> event.startsWith("lost"));
    }

    @Test
    void aTaskThatWasCancelledWhileItsWorkerWasAwayIsStoppedIfItStillRuns() {
        dispatch.join("w1", "a");
        FakeCall gone = dispatch.call("a");
        LeaseKey running = runningOn("w1");
        dispatch.close("w1");
        dispatch.router.cancel(gone);
        dispatch.workers.said();
        rejoin("first", Set.of("a"), List.of(running));
        assertThat(dispatch.workers.said()).containsExactly("cancel w1 a-1: it is no longer wanted");
    }

    @Test
    void leasesThatAReturningProcessNamesInVainAreDropped() {
        dispatch.join("w1");
        LeaseKey unknown = new LeaseKey("x", 1, 1);
        assertThat(rejoin("first", Set.of(), List.of(unknown))).isEqualTo(new Joined.Welcome(List.of(unknown), true));
        dispatch.router.workerLeft(W1);
        assertThat(rejoin("second", Set.of(), List.of(unknown))).isEqualTo(new Joined.Welcome(List.of(unknown), false));
    }

    @Test
    void aModelThatTheReturningProcessDroppedIsForgotten() {
        dispatch.join("w1", "a", "b");
        dispatch.close("w1");
        rejoin("first", Set.of("b", "c"), List.of());
        assertThat(dispatch.router.fleet().workers().get(0).copies())
                .extracting(copy -> copy.model().label())
                .containsExactly("b", "c");
    }

    @Test
    void anotherProcessOfTheSameNameIsADuplicateWhileTheFirstIsAlive() {
        dispatch.join("w1");
        dispatch.pass(Duration.ofMillis(4_999));
        assertThat(rejoin("second", Set.of(), List.of())).isInstanceOf(Joined.Duplicate.class);
    }

    @Test
    void anotherProcessTakesOverFromOneThatIsSilent() {
        dispatch.join("w1", "a");
        FakeCall call = dispatch.call("a");
        dispatch.pass(Duration.ofSeconds(5));
        assertThat(rejoin("second", Set.of("a"), List.of())).isEqualTo(new Joined.Welcome(List.of(), false));
        assertThat(dispatch.events).contains("lost w1 with 1: another process took its name");
        assertThat(call.attempts()).isEqualTo(2);
    }

    @Test
    void waitsAreRefusedWhenNoWorkerHasComeInTime() {
        FakeCall call = dispatch.call("a");
        dispatch.pass(Duration.ofSeconds(5));
        assertThat(call.failure()).isEqualTo(FailureKind.NO_WORKERS);
    }

    @Test
    void aWorkerThatComesInTimeServesThoseThatWaitForIt() {
        FakeCall call = dispatch.call("a");
        dispatch.pass(Duration.ofSeconds(4));
        dispatch.join("w1", "a");
        assertThat(call.attempts()).isEqualTo(1);
    }

    @Test
    void waitsForALabelThatNoneOfTheWorkersKnowsAreRefused() {
        FakeCall call = dispatch.call("a");
        dispatch.join(limitedTo("b"));
        dispatch.passWithHeartbeats(Duration.ofSeconds(5), "w1");
        assertThat(call.failure()).isEqualTo(FailureKind.UNKNOWN_LABEL);
    }

    @Test
    void waitsAreRefusedWhenTheLastWorkerThatIsLargeEnoughIsGone() {
        dispatch.join(FakeDispatch.offer("w1", "first", new WorkerCapacity(1, 1, 2, 0), Set.of("a")));
        dispatch.join(FakeDispatch.offer("w2", "first", new WorkerCapacity(1, 1, 2, 20_000_000), Set.of("b")));
        dispatch.router.modelUnloaded(W1, "a");
        dispatch.router.modelReady(W1, "a", 0, 43_000_000);
        dispatch.call("a");
        FakeCall waiting = dispatch.call("a");
        dispatch.router.workerLeft(W1);
        dispatch.passWithHeartbeats(Duration.ofSeconds(5), "w2");
        assertThat(waiting.failure()).isEqualTo(FailureKind.MODEL_LOAD_FAILED);
    }

    @Test
    void callersThatComeAndGoWhileNobodyServesLeaveNothingBehind() {
        for (int i = 0; i < 1000; i++) {
            dispatch.router.cancel(dispatch.call("a"));
        }
        assertThat(dispatch.router.state().wakeups.size()).isLessThan(5);
    }

    @Test
    void theDrainOfALostWorkerDoesNotHitItsSuccessor() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.join("w2", "b");
        dispatch.call("b");
        dispatch.router.workerDrains(W1);
        dispatch.workers.said();
        dispatch.router.workerLeft(W1);
        dispatch.join("w1");
        dispatch.passWithHeartbeats(Duration.ofSeconds(40), "w1", "w2");
        assertThat(dispatch.workers.said()).doesNotContain("drain w1");
    }

    private WorkerOffer limitedTo(String label) {
        return new WorkerOffer(
                W1,
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

    private LeaseKey runningOn(String worker) {
        return dispatch.workers
                .side(new EndpointId(worker))
                .running
                .keySet()
                .iterator()
                .next();
    }

    private Joined rejoin(String instance, Set<String> resident, List<LeaseKey> running) {
        return rejoin(dispatch, instance, resident, running);
    }

    private static Joined rejoin(FakeDispatch dispatch, String instance, Set<String> resident, List<LeaseKey> running) {
        return dispatch.join(new WorkerOffer(
                W1,
                instance,
                "fake",
                FakeDispatch.TWO_LABELS,
                Set.of(),
                true,
                Set.of("run"),
                resident,
                Map.of(),
                running));
    }
}
