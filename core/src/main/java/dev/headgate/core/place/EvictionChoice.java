package dev.headgate.core.place;

import dev.headgate.core.admit.WaitingRoom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which resident models make room for another, and what that will cost.
 *
 * <p>A model's value is its popularity × load time ÷ size: a dear model survives a popular cheap one (the idea of
 * GreedyDual-Size). Its size is the room that is short: its bytes, or one place where a worker holds as many labels as it
 * may. A model with another copy is worth a twentieth. The externality of an eviction is the load time that
 * will be paid again, times the chance that the model is asked for within {@code horizon} turns of the fleet.
 */
final class EvictionChoice {
    /** Another copy serves meanwhile, so losing this one seldom costs a load. */
    private static final double REPLICA_EXTERNALITY = 0.1;

    private static final double REPLICA_VALUE = 0.05;

    private final PlacementSettings settings;
    private final RandomGenerator random;

    EvictionChoice(PlacementSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Returns what {@code worker} drops to hold {@code model}, maybe nothing; null if it cannot make enough room. */
    @Nullable
    List<Copy> victims(WorkerState worker, Model model, Fleet fleet, WaitingRoom waiting, boolean forced) {
        WorkerCapacity capacity = worker.capacity();
        int labels = worker.copies.size() + 1;
        long bytes = worker.residentBytes() + model.sizeBytes();
        if (capacity.holds(labels, bytes)) {
            return List.of();
        }
        boolean memoryIsShort = !capacity.holds(0, bytes);
        List<Valued> candidates = new ArrayList<>(worker.copies.size());
        for (Copy copy : worker.copies) {
            if (mayGo(copy, waiting, forced)) {
                candidates.add(new Valued(copy, value(copy.model(), fleet, memoryIsShort)));
            }
        }
        candidates.sort(Comparator.comparingDouble(Valued::value));
        List<Copy> one = oneThatSuffices(candidates, capacity, labels, bytes);
        return one != null ? one : cheapestUntilItFits(candidates, capacity, labels, bytes);
    }

    /** Returns whether {@code worker} has room for a model of some size, or something may go without force. */
    boolean couldMakeRoom(WorkerState worker, WaitingRoom waiting) {
        if (worker.capacity().holds(worker.copies.size() + 1, worker.residentBytes() + 1)) {
            return true;
        }
        for (int i = 0; i < worker.copies.size(); i++) {
            if (mayGo(worker.copies.get(i), waiting, false)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether {@code worker} would have room for {@code model} if all that may go without force went. */
    boolean couldMakeRoomFor(Model model, WorkerState worker, WaitingRoom waiting) {
        int labels = 1;
        long bytes = model.sizeBytes();
        for (int i = 0; i < worker.copies.size(); i++) {
            Copy copy = worker.copies.get(i);
            if (!mayGo(copy, waiting, false)) {
                labels++;
                bytes += copy.model().sizeBytes();
            }
        }
        return worker.capacity().holds(labels, bytes);
    }

    private static boolean mayGo(Copy copy, WaitingRoom waiting, boolean forced) {
        return copy.isReady()
                && copy.running == 0
                && (forced
                        || copy.model().copies.size() > 1
                        || waiting.waitingFor(copy.model().label()) == 0);
    }

    /** Draws among those near the cheapest, which breaks the lock-in on cyclic request patterns. */
    private @Nullable List<Copy> oneThatSuffices(
            List<Valued> candidates, WorkerCapacity capacity, int labels, long bytes) {
        double most = Double.NaN;
        List<Copy> equals = new ArrayList<>(candidates.size());
        for (Valued candidate : candidates) {
            if (!capacity.holds(labels - 1, bytes - candidate.copy.model().sizeBytes())) {
                continue;
            }
            if (equals.isEmpty()) {
                most = candidate.value * (1 + settings.tieBand());
            }
            if (candidate.value <= most) {
                equals.add(candidate.copy);
            }
        }
        return equals.isEmpty() ? null : List.of(equals.get(random.nextInt(equals.size())));
    }

    private static @Nullable List<Copy> cheapestUntilItFits(
            List<Valued> candidates, WorkerCapacity capacity, int labels, long bytes) {
        List<Copy> victims = new ArrayList<>();
        int labelsLeft = labels;
        long bytesLeft = bytes;
        for (Valued candidate : candidates) {
            victims.add(candidate.copy);
            labelsLeft--;
            bytesLeft -= candidate.copy.model().sizeBytes();
            if (capacity.holds(labelsLeft, bytesLeft)) {
                return victims;
            }
        }
        return null;
    }

    private double value(Model model, Fleet fleet, boolean memoryIsShort) {
        double room = memoryIsShort ? Math.max(1, model.sizeBytes()) : 1;
        double value = fleet.popularity(model) * model.loadNanos() / room;
        return model.copies.size() > 1 ? value * REPLICA_VALUE : value;
    }

    /** Returns the load time in nanoseconds that dropping {@code victims} is expected to cost. */
    double externality(List<Copy> victims, Fleet fleet) {
        double sum = 0;
        for (Copy victim : victims) {
            sum += externality(victim.model(), fleet);
        }
        return sum;
    }

    /** Returns the load time in nanoseconds that dropping one copy of {@code model} is expected to cost. */
    double externality(Model model, Fleet fleet) {
        double arrivals = fleet.popularity(model) * fleet.slots() * settings.horizon();
        double cost = model.loadNanos() * -Math.expm1(-arrivals);
        return model.copies.size() > 1 ? cost * REPLICA_EXTERNALITY : cost;
    }

    private record Valued(Copy copy, double value) {}
}
