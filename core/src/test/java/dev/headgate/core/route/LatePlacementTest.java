package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.place.WorkerCapacity;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of dispatch.md §7, one by one, as the workers see them. */
class LatePlacementTest {
    private static final WorkerCapacity ONE_LABEL = new WorkerCapacity(1, 1, 1, 0);
    private final FakeDispatch dispatch = FakeDispatch.late();

    // Warm

    @Test
    void theFirstTaskWhoseModelIsResidentRunsAlsoPastEarlierOnes() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.call("b");
        dispatch.call("a");
        dispatch.workers.said();
        dispatch.finish("w1", 10);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-3/1");
    }

    @Test
    void theLongestIdleOfSeveralHoldersRunsIt() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "a");
        dispatch.call("a");
        dispatch.pass(Duration.ofMillis(5));
        dispatch.finish("w1", 5);
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/1", "assign w2 a a-2/1");
    }

    @Test
    void aFinishedLoadFirstRunsTheOldestTaskOfItsLabelWithoutOverlap() {
        dispatch.join("w1", "a");
        dispatch.teach("w1", "a", 0, 10);
        dispatch.call("b");
        dispatch.call("a"); // earlier in no way, but warm: runs when the load is done
        dispatch.call("b");
        dispatch.workers.said();
        dispatch.ready("w1", "b", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 b b-2/1");
    }

    @Test
    void aLoadingWorkerRunsNothingWithoutOverlapAndGoesOnWithIt() {
        for (FakeDispatch each : new FakeDispatch[] {FakeDispatch.late(), FakeDispatch.lateWithOverlap()}) {
            each.join("w1", "a");
            each.call("b");
            each.call("a");
            assertThat(each.workers.said().contains("assign w1 a a-2/1"))
                    .isEqualTo(each.router.fleet().workers().get(0).running() == 1);
        }
    }

    // Cold, rule (a)

    @Test
    void aLabelThatIsLoadingIsNotLoadedAgainForFewTasks() {
        dispatch.join("w1");
        dispatch.join("w2");
        dispatch.teach("w1", "a", 400, 50);
        dispatch.router.modelUnloaded(new EndpointId("w1"), "a");
        for (int i = 0; i < 8; i++) {
            dispatch.call("a");
        }
        assertThat(loads()).hasSize(1);
        dispatch.call("a");
        assertThat(loads()).hasSize(1);
    }

    @Test
    void oneTaskNeverLoadsItsModelTwiceHoweverLongItRuns() {
        dispatch.join("w1");
        dispatch.join("w2");
        dispatch.call("a");
        assertThat(loads()).hasSize(1);
    }

    // Rule (b)

    @Test
    void aBusyWorkerLoadsOnlyWhenTheRentIsPaid() {
        FakeDispatch overlap = FakeDispatch.lateWithOverlap();
        overlap.join("w1");
        overlap.teach("w1", "a", 400, 10_000);
        overlap.teach("w1", "b", 400, 10);
        overlap.router.modelUnloaded(new EndpointId("w1"), "b");
        overlap.workers.side(new EndpointId("w1")).resident.remove("b");
        overlap.call("a");
        overlap.call("b");
        overlap.pass(Duration.ofMillis(399));
        assertThat(overlap.workers.said()).noneMatch(said -> said.startsWith("load"));
        overlap.pass(Duration.ofMillis(1));
        assertThat(overlap.workers.said()).containsExactly("load w1 b over []");
    }

    @Test
    void severalWaitingTasksPayTheRentTogether() {
        FakeDispatch overlap = FakeDispatch.lateWithOverlap();
        overlap.join("w1");
        overlap.teach("w1", "a", 400, 10_000);
        overlap.teach("w1", "b", 400, 10);
        overlap.router.modelUnloaded(new EndpointId("w1"), "b");
        overlap.workers.side(new EndpointId("w1")).resident.remove("b");
        overlap.call("a");
        overlap.call("b");
        overlap.call("b");
        overlap.pass(Duration.ofMillis(200));
        assertThat(overlap.workers.said()).contains("load w1 b over []");
    }

    @Test
    void victimsAreNeverRunningNorWaitedFor() {
        FakeDispatch overlap = FakeDispatch.lateWithOverlap();
        overlap.join("w1", "a", "b");
        overlap.call("a"); // runs
        overlap.call("b"); // waits
        overlap.call("c");
        overlap.passWithHeartbeats(Duration.ofSeconds(30), "w1");
        assertThat(overlap.workers.said()).noneMatch(said -> said.startsWith("load"));
        overlap.finish("w1", 10);
        assertThat(overlap.workers.said()).containsExactly("assign w1 b b-2/1", "load w1 c over [a]");
    }

    // Rule (c)

    @Test
    void theCheapestModelGoes() {
        dispatch.join("w1");
        dispatch.teach("w1", "cheap", 100, 10);
        dispatch.teach("w1", "dear", 1000, 10);
        dispatch.call("new");
        assertThat(dispatch.workers.said()).containsExactly("load w1 new over [cheap]");
    }

    @Test
    void anEmptyWorkerIsLoadedBeforeOneThatMustDropSomething() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 100, 10);
        dispatch.teach("w1", "b", 100, 10);
        dispatch.join("w2");
        dispatch.call("c");
        assertThat(dispatch.workers.said()).containsExactly("load w2 c over []");
    }

    // Rule (d)

    @Test
    void fewTasksWaitForTheBusyHolderRatherThanForALoad() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 400, 50);
        dispatch.join("w2");
        dispatch.call("a");
        dispatch.call("a");
        assertThat(loads()).isEmpty();
    }

    @Test
    void manyTasksGetASecondCopy() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 400, 50);
        dispatch.join("w2");
        for (int i = 0; i < 9; i++) {
            dispatch.call("a");
        }
        assertThat(dispatch.workers.said()).contains("load w2 a over []");
        assertThat(dispatch.events).last().isEqualTo("loading w2 a replica");
    }

    @Test
    void aHolderThatIsSilentIsNotWaitedFor() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 400, 50);
        dispatch.join("w2");
        dispatch.passWithHeartbeats(Duration.ofSeconds(6), "w2");
        assertThat(dispatch.events).contains("suspect w1");
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("load w2 a over []");
    }

    @Test
    void aTaskThatLostItsWorkerDoesNotGoBackToItIfAnotherCanTakeIt() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "b");
        dispatch.call("a");
        dispatch.router.workerLeft(new EndpointId("w1"));
        assertThat(dispatch.workers.said()).contains("load w2 a over []");
        dispatch.join("w1", "a");
        dispatch.ready("w2", "a", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w2 a a-1/2");
    }

    @Test
    void aTaskThatLostItsWorkerGoesBackToItIfNobodyElseCanLoadIt() {
        dispatch.join("w1", "a");
        dispatch.join("w2");
        dispatch.call("a");
        dispatch.router.workerLeft(new EndpointId("w1"));
        dispatch.router.modelFailedForGood(new EndpointId("w2"), "a", "no space");
        dispatch.workers.side(new EndpointId("w2")).loading.clear();
        FakeCall call = dispatch.call("a");
        assertThat(call.isOver()).isTrue();
        dispatch.join("w1", "a");
        FakeCall next = dispatch.call("a");
        assertThat(next.attempts()).isEqualTo(1);
    }

    @Test
    void aTaskThatLostItsWorkerGoesBackToItWhileTheOthersAreTooBusy() {
        dispatch.join("w1", "a");
        dispatch.join("w2", "x", "y");
        dispatch.call("a");
        dispatch.call("x");
        dispatch.call("x");
        dispatch.call("y");
        dispatch.router.workerLeft(new EndpointId("w1"));
        dispatch.workers.said();
        dispatch.join("w1", "a");
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/2");
    }

    @Test
    void aProcessThatStartedAnewIsNotAvoided() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.router.workerLeft(new EndpointId("w1"));
        dispatch.join(FakeDispatch.offer("w1", "second", FakeDispatch.TWO_LABELS, Set.of()));
        dispatch.join("w2");
        dispatch.workers.said();
        dispatch.ready("w1", "a", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-1/2");
    }

    @Test
    void everyWorkerThatWasLostWithATaskIsAvoided() {
        dispatch.join("w1", "a");
        dispatch.call("a");
        dispatch.router.workerLeft(new EndpointId("w1"));
        dispatch.join("w2", "a");
        dispatch.router.workerLeft(new EndpointId("w2"));
        dispatch.join("w3", "b");
        dispatch.workers.said();
        dispatch.join("w1", "a");
        dispatch.ready("w3", "a", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w3 a a-1/3");
    }

    @Test
    void onlyAWorkerThatRunsTheTypeOfATaskLoadsItsModel() {
        for (String policy : java.util.List.of("late", "seed", "random")) {
            FakeDispatch mixed =
                    new FakeDispatch(policy, PlacementSettings.DEFAULTS.withOverlap(false), DispatchSettings.DEFAULTS);
            mixed.join(ofType("w1", "sleep", Set.of("a")));
            mixed.join(ofType("w2", "embed", Set.of()));
            mixed.route(InferenceRequest.of("r", "a", "embed"));
            assertThat(mixed.workers.said()).as(policy).containsExactly("load w2 a over []");
            mixed.ready("w2", "a", 100);
            assertThat(mixed.workers.said()).as(policy).containsExactly("assign w2 a r/1");
        }
    }

    private static WorkerOffer ofType(String worker, String taskType, Set<String> resident) {
        return new WorkerOffer(
                new EndpointId(worker),
                "first",
                "fake",
                FakeDispatch.TWO_LABELS,
                Set.of(),
                true,
                Set.of(taskType),
                resident,
                java.util.Map.of(),
                java.util.List.of());
    }

    // Aging

    @Test
    void theHeadIsServedByForceOnceItWasOvertakenOftenEnough() {
        FakeDispatch impatient = impatient(false, FakeDispatch.TWO_LABELS, 3);
        int overtaken = overtakeTheHead(impatient, 20);
        assertThat(overtaken).isEqualTo(3);
        assertThat(impatient.events).last().isEqualTo("loading w1 cold forced");
    }

    @Test
    void theHeadIsServedByForceWhenEveryResidentModelIsAlwaysRunning() {
        assertThat(overtakeTheHead(impatient(true, ONE_LABEL, 3), 20)).isEqualTo(3);
        assertThat(overtakeTheHead(impatient(false, new WorkerCapacity(2, 1, 1, 0), 3), 20))
                .isLessThanOrEqualTo(4);
        assertThat(overtakeTheHead(impatient(true, new WorkerCapacity(4, 1, 2, 0), 3), 40))
                .isLessThanOrEqualTo(8);
    }

    // Drain

    @Test
    void aDrainingWorkersModelsAreLoadedElsewhereFirst() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 400, 10);
        dispatch.join("w2");
        dispatch.router.workerDrains(new EndpointId("w1"));
        assertThat(dispatch.workers.said()).containsExactly("load w2 a over []");
        assertThat(dispatch.events).last().isEqualTo("loading w2 a moved");
        assertThat(dispatch.call("a").decision).isInstanceOf(Decision.Routed.class);
        dispatch.finish("w1", 10);
        dispatch.ready("w2", "a", 400);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a a-2/1", "drain w1");
        dispatch.call("a");
        assertThat(dispatch.workers.said()).containsExactly("assign w2 a a-3/1");
    }

    @Test
    void aDrainTakesThirtySecondsAtMost() {
        dispatch.join("w1");
        dispatch.teach("w1", "a", 400, 10);
        dispatch.join("w2", "b");
        dispatch.call("b"); // keeps w2 from loading
        dispatch.router.workerDrains(new EndpointId("w1"));
        dispatch.passWithHeartbeats(Duration.ofSeconds(29), "w1", "w2");
        assertThat(dispatch.workers.said()).doesNotContain("drain w1");
        dispatch.passWithHeartbeats(Duration.ofSeconds(1), "w1", "w2");
        assertThat(dispatch.workers.said()).contains("drain w1");
    }

    // Deadlines

    @Test
    void aTaskAboutToMissItsDeadlineRunsBeforeEarlierOnes() {
        dispatch.join("w1", "a");
        dispatch.teach("w1", "a", 100, 100);
        dispatch.call("a");
        dispatch.call("a");
        FakeCall pressing = dispatch.route(due("a", Duration.ofMillis(330)));
        dispatch.workers.said();
        dispatch.pass(Duration.ofMillis(100));
        dispatch.finish("w1", 100);
        assertThat(dispatch.workers.said()).containsExactly("assign w1 a pressing/1");
        assertThat(pressing.isOver()).isFalse();
    }

    @Test
    void aTaskWithTimeLeftKeepsItsPlace() {
        dispatch.join("w1", "a");
        dispatch.teach("w1", "a", 100, 100);
        dispatch.call("a");
        FakeCall second = dispatch.call("a");
        dispatch.route(due("a", Duration.ofSeconds(30)));
        dispatch.pass(Duration.ofMillis(100));
        dispatch.finish("w1", 100);
        dispatch.finish("w1", 100);
        assertThat(second.isCompleted()).isTrue();
    }

    private static InferenceRequest due(String label, Duration in) {
        InferenceRequest request = InferenceRequest.of("pressing", label, "run");
        return request.withDeadline(Deadline.after(0, in));
    }

    private static FakeDispatch impatient(boolean overlap, WorkerCapacity capacity, int ageBound) {
        PlacementSettings d = PlacementSettings.DEFAULTS;
        FakeDispatch dispatch = new FakeDispatch(
                "late",
                new PlacementSettings(overlap, ageBound, d.popularityWindow(), d.horizon(), d.tieBand(), d.rent()),
                DispatchSettings.DEFAULTS);
        dispatch.join(FakeDispatch.offer(
                "w1", "first", capacity, capacity.maxLabels() == 1 ? Set.of("h0") : Set.of("h0", "h1")));
        return dispatch;
    }

    /** Keeps w1 full of hot tasks while one cold task waits; returns how many overtook it until its load began. */
    private static int overtakeTheHead(FakeDispatch dispatch, int rounds) {
        WorkerCapacity capacity = dispatch.router.fleet().workers().get(0).capacity();
        for (int i = 0; i < 2 * capacity.runSlots(); i++) {
            dispatch.call("h" + i % capacity.maxLabels());
        }
        FakeCall cold = dispatch.call("cold");
        for (int i = 0; i < rounds; i++) {
            dispatch.call("h" + i % capacity.maxLabels());
            dispatch.pass(Duration.ofMillis(1));
            dispatch.heard("w1");
            dispatch.finish("w1", 1);
            if (dispatch.events.stream().anyMatch(event -> event.startsWith("loading w1 cold"))) {
                return cold.ticket == null ? 0 : cold.ticket.overtaken();
            }
        }
        return Integer.MAX_VALUE;
    }

    private java.util.List<String> loads() {
        return dispatch.workers.said().stream()
                .filter(said -> said.startsWith("load"))
                .toList();
    }
}
