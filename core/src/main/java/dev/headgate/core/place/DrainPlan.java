package dev.headgate.core.place;

import dev.headgate.core.admit.WaitingRoom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Moves what a draining worker alone holds: labels that were asked for in the last minute are loaded elsewhere, the most
 * popular first, while the worker goes on serving them. A label that would displace something dearer stays behind.
 */
public final class DrainPlan {
    private static final long RECENTLY_NANOS = 60_000_000_000L;

    private final WorkerState leaving;
    private final EvictionChoice evictions;
    private final List<Model> toMove = new ArrayList<>();

    /** Plans the move of what {@code leaving} holds at this moment. */
    public DrainPlan(
            WorkerState leaving, Fleet fleet, PlacementSettings settings, RandomGenerator random, long nowNanos) {
        this.leaving = leaving;
        this.evictions = new EvictionChoice(settings, random);
        for (Copy copy : leaving.copies) {
            if (copy.isReady() && fleet.wasRequestedWithin(copy.model(), RECENTLY_NANOS, nowNanos)) {
                toMove.add(copy.model());
            }
        }
        toMove.sort(Comparator.comparingDouble((Model model) -> -fleet.popularity(model)));
    }

    /** Orders what can be ordered at this moment and returns whether all that can be moved is in place. */
    public boolean advance(Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        boolean pending = false;
        for (Model model : List.copyOf(toMove)) {
            if (isElsewhere(model)) {
                toMove.remove(model);
            } else if (model.copies.size() > 1) {
                pending = true; // on its way
            } else if (!order(model, fleet, waiting, nowNanos, actions)) {
                toMove.remove(model);
            } else {
                pending = true;
            }
        }
        return !pending;
    }

    private boolean isElsewhere(Model model) {
        return model.copies.stream().anyMatch(copy -> copy.worker() != leaving && copy.isReady());
    }

    private boolean mayHold(WorkerState worker, Model model, long nowNanos) {
        return worker != leaving
                && worker.takesLoads()
                && worker.knows(model.label())
                && model.failures().allows(worker.id(), nowNanos);
    }

    /** Orders the load if a slot is free; returns false if the model is not worth what it would displace. */
    private boolean order(Model model, Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        WorkerState best = null;
        List<Copy> bestVictims = List.of();
        double least = evictions.externality(model, fleet);
        boolean busy = false;
        for (WorkerState worker : fleet.workers()) {
            if (!mayHold(worker, model, nowNanos)) {
                continue;
            }
            List<Copy> victims = worker.hasLoadSlot() ? evictions.victims(worker, model, fleet, waiting, false) : null;
            if (victims == null) {
                busy = true;
            } else if (evictions.externality(victims, fleet) < least) {
                best = worker;
                bestVictims = victims;
                least = evictions.externality(victims, fleet);
            }
        }
        if (best != null) {
            actions.load(best, model, bestVictims, MissCause.MOVED);
        }
        return best != null || busy;
    }
}
