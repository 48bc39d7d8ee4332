package dev.headgate.core.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {
    private final Fleet fleet = new Fleet(10);

    @Test
    void aWorkerThatLeavesTakesItsCopiesRunsAndFailuresAlong() {
        WorkerState worker = join("w", 2);
        Model model = fleet.model("a");
        fleet.endLoad(fleet.beginLoad(worker, model, List.of(), MissCause.COLD, 0), 5, 0);
        fleet.model("b").failures().failedForGood(worker.id(), 0, false, "x");
        fleet.leave(worker);
        assertThat(fleet.workers()).isEmpty();
        assertThat(fleet.worker(worker.id())).isNull();
        assertThat(model.copies()).isEmpty();
        assertThat(model.nextMissCause()).isEqualTo(MissCause.RESTART);
        assertThat(fleet.model("b").failures().allows(worker.id(), 0)).isTrue();
    }

    @Test
    void aWorkerJoinsOnce() {
        join("w", 1);
        assertThatThrownBy(() -> join("w", 1)).hasMessage("worker joined twice: w");
    }

    @Test
    void slotsFollowWorkersAndSizes() {
        join("w1", 3);
        assertThat(fleet.slots()).isEqualTo(3);
        WorkerState byMemory = fleet.join(new EndpointId("w2"), new WorkerCapacity(1, 1, 0, 1000), Set.of(), true, 0);
        fleet.sized(fleet.model("a"), 100);
        fleet.sized(fleet.model("b"), 300);
        assertThat(fleet.slots()).isEqualTo(3 + 5);
        fleet.leave(byMemory);
        assertThat(fleet.slots()).isEqualTo(3);
    }

    @Test
    void aModelThatNobodyAskedForInADayNoLongerStretchesTheMemory() {
        for (int i = 0; i < 100; i++) {
            fleet.requested(fleet.model("m" + i), 0);
        }
        long tomorrow = Duration.ofHours(25).toNanos();
        fleet.requested(fleet.model("a"), tomorrow);
        assertThat(fleet.wasRequestedWithin(
                        fleet.model("m1"), Duration.ofDays(365).toNanos(), tomorrow))
                .isFalse();
        for (int i = 0; i < 100; i++) {
            fleet.requested(fleet.model("a"), tomorrow);
        }
        assertThat(fleet.popularity(fleet.model("a"))).isCloseTo(1, within(0.1));
    }

    @Test
    void whatNobodyAskedForInADayIsForgottenUnlessAWorkerHoldsOrNamesIt() {
        WorkerState worker = fleet.join(new EndpointId("w"), new WorkerCapacity(1, 1, 2, 0), Set.of("named"), true, 0);
        for (String label : List.of("held", "named", "passing")) {
            fleet.requested(fleet.model(label), 0);
        }
        fleet.beginLoad(worker, fleet.model("held"), List.of(), MissCause.COLD, 0);

        fleet.requested(fleet.model("later"), Duration.ofHours(25).toNanos());

        assertThat(fleet.models()).extracting(Model::label).containsExactly("held", "named", "later");
    }

    @Test
    void missCausesTellWhyAModelIsNotThere() {
        WorkerState worker = join("w", 2);
        Model model = fleet.model("a");
        assertThat(model.nextMissCause()).isEqualTo(MissCause.COLD);
        Copy copy = fleet.beginLoad(worker, model, List.of(), MissCause.COLD, 0);
        fleet.endLoad(copy, 5, 0);
        assertThat(model.nextMissCause()).isEqualTo(MissCause.REPLICA);
        fleet.evict(copy);
        assertThat(model.nextMissCause()).isEqualTo(MissCause.EVICTED);
    }

    @Test
    void onlyTheFirstTaskAfterALoadIsAMiss() {
        Copy copy = fleet.beginLoad(join("w", 1), fleet.model("a"), List.of(), MissCause.COLD, 0);
        fleet.endLoad(copy, 5, 0);
        assertThat(copy.claimMiss()).isTrue();
        assertThat(copy.claimMiss()).isFalse();
    }

    @Test
    void estimatesStartFromPriorsAndFollowExperience() {
        Model first = fleet.model("first");
        fleet.sized(first, 100_000_000);
        assertThat(first.loadNanos()).isEqualTo(270e6);
        assertThat(first.runNanos()).isEqualTo(50e6);
        Copy copy = fleet.beginLoad(join("w", 2), first, List.of(), MissCause.COLD, 0);
        fleet.endLoad(copy, 540_000_000, 0);
        first.ran(10_000_000);
        Model second = fleet.model("second");
        assertThat(second.loadNanos()).isEqualTo(40e6);
        assertThat(second.runNanos()).isEqualTo(10e6);
    }

    @Test
    void refusesCapacitiesThatMakeNoSenseByNamingTheField() {
        assertThatThrownBy(() -> new WorkerCapacity(0, 1, 1, 1)).hasMessageStartingWith("run_slots: 0");
        assertThatThrownBy(() -> new WorkerCapacity(1, 1, 1, -1)).hasMessageStartingWith("memory_bytes: -1");
        assertThatThrownBy(() -> new WorkerCapacity(1, 1, 1, (1L << 50) + 1))
                .hasMessageStartingWith("memory_bytes: 1125899906842625");
    }

    private WorkerState join(String id, int maxLabels) {
        return fleet.join(new EndpointId(id), new WorkerCapacity(1, 1, maxLabels, 0), Set.of(), true, 0);
    }
}
