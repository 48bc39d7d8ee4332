package dev.headgate.core.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.testing.Seeds;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvictionChoiceTest {
    private final Fleet fleet = new Fleet(10);
    private final WaitingRoom room = new WaitingRoom(0, Map.of());
    private final EvictionChoice choice = new EvictionChoice(PlacementSettings.DEFAULTS, new SplittableRandom(1));

    @Test
    void takesNothingWhereThereIsRoom() {
        WorkerState worker = join(new WorkerCapacity(1, 1, 2, 0));
        resident(worker, "a", 10, 1);
        assertThat(choice.victims(worker, fleet.model("new"), fleet, room, false))
                .isEmpty();
    }

    @Test
    void sparesTheRunningTheLoadingAndTheAwaited() {
        WorkerState worker = join(new WorkerCapacity(1, 1, 3, 0));
        Copy running = resident(worker, "running", 10, 1);
        fleet.beginRun(ticket("running"), running, 0);
        fleet.beginLoad(worker, fleet.model("loading"), List.of(), MissCause.COLD, 0);
        Copy awaited = resident(worker, "awaited", 10, 1);
        room.add(ticket("awaited"));
        Model model = fleet.model("new");
        assertThat(choice.victims(worker, model, fleet, room, false)).isNull();
        assertThat(choice.victims(worker, model, fleet, room, true)).containsExactly(awaited);
    }

    @Test
    void sparesTheDearModelThatIsAskedForSeldom() {
        WorkerState worker = join(new WorkerCapacity(1, 1, 2, 0));
        resident(worker, "dear", 10_000, 1);
        Copy cheap = resident(worker, "cheap", 10, 20);
        assertThat(choice.victims(worker, fleet.model("new"), fleet, room, false))
                .containsExactly(cheap);
    }

    @Test
    void aModelsSizeCountsOnlyWhereMemoryIsShort() {
        WorkerState byLabels = join(new WorkerCapacity(1, 1, 2, 0));
        Copy large = resident(byLabels, "large", 100, 5);
        Copy small = resident(byLabels, "small", 20, 5);
        fleet.sized(large.model(), 1000);
        fleet.sized(small.model(), 10);
        Model model = fleet.model("new");
        fleet.sized(model, 10);
        assertThat(choice.victims(byLabels, model, fleet, room, false)).containsExactly(small);

        WorkerState byMemory =
                fleet.join(new EndpointId("other"), new WorkerCapacity(1, 1, 0, 1015), Set.of(), true, 0);
        Copy largeThere = fleet.beginLoad(byMemory, large.model(), List.of(), MissCause.COLD, 0);
        fleet.endLoad(largeThere, 100, 0);
        Copy smallThere = fleet.beginLoad(byMemory, small.model(), List.of(), MissCause.COLD, 0);
        fleet.endLoad(smallThere, 20, 0);
        assertThat(choice.victims(byMemory, model, fleet, room, false)).containsExactly(largeThere);
    }

    @Test
    void takesTheCopyThatIsAlsoElsewhere() {
        WorkerState worker = join(new WorkerCapacity(1, 1, 2, 0));
        WorkerState other = fleet.join(new EndpointId("other"), new WorkerCapacity(1, 1, 2, 0), Set.of(), true, 0);
        Copy twice = resident(worker, "twice", 10, 3);
        resident(other, "twice", 10, 0);
        resident(worker, "once", 10, 1);
        assertThat(choice.victims(worker, fleet.model("new"), fleet, room, false))
                .containsExactly(twice);
    }

    @Test
    void whatItTakesAlwaysMakesEnoughRoomAndNeverRuns() {
        Seeds.each(500, EvictionChoiceTest::makesEnoughRoom);
    }

    private static void makesEnoughRoom(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Fleet fleet = new Fleet(10);
        WaitingRoom room = new WaitingRoom(0, Map.of());
        WorkerCapacity capacity = new WorkerCapacity(2, 2, random.nextInt(6), 500L * random.nextInt(3));
        WorkerState worker = fleet.join(new EndpointId("w"), capacity, Set.of(), true, 0);
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            Model model = fleet.model("m" + i);
            fleet.sized(model, 50 + random.nextInt(300));
            if (!capacity.holds(worker.copies.size() + 1, worker.residentBytes() + model.sizeBytes())) {
                break;
            }
            Copy copy = fleet.beginLoad(worker, model, List.of(), MissCause.COLD, 0);
            if (random.nextInt(4) > 0) {
                fleet.endLoad(copy, 1 + random.nextInt(1000), 0);
                if (random.nextInt(3) == 0) {
                    fleet.beginRun(new Ticket(room, InferenceRequest.of("r", model.label(), "t"), 0, 0) {}, copy, 0);
                }
            }
            fleet.requested(model, 0);
        }
        Model model = fleet.model("new");
        fleet.sized(model, 50 + random.nextInt(400));
        List<Copy> victims = new EvictionChoice(PlacementSettings.DEFAULTS, random)
                .victims(worker, model, fleet, room, random.nextBoolean());
        if (victims == null) {
            return;
        }
        assertThat(victims).doesNotHaveDuplicates().allMatch(copy -> copy.isReady() && copy.running == 0);
        assertThat(worker.copies).containsAll(victims);
        long freed =
                victims.stream().mapToLong(copy -> copy.model().sizeBytes()).sum();
        assertThat(capacity.holds(
                        worker.copies.size() - victims.size() + 1, worker.residentBytes() - freed + model.sizeBytes()))
                .isTrue();
    }

    private WorkerState join(WorkerCapacity capacity) {
        return fleet.join(new EndpointId("w"), capacity, Set.of(), true, 0);
    }

    private Copy resident(WorkerState worker, String label, long loadNanos, int requests) {
        Model model = fleet.model(label);
        Copy copy = fleet.beginLoad(worker, model, List.of(), MissCause.COLD, 0);
        fleet.endLoad(copy, loadNanos, 0);
        for (int i = 0; i < requests; i++) {
            fleet.requested(model, 0);
        }
        return copy;
    }

    private Ticket ticket(String label) {
        return new Ticket(room, InferenceRequest.of("r", label, "t"), 0, 0) {};
    }
}
