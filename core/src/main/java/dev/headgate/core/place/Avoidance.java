package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;

/**
 * Whether a task waits for another worker than one that was lost with it before.
 *
 * <p>It does so only while that costs it little: another worker could run it or load its model at this moment, or is
 * loading it. A task that was overtaken {@code ageBound} times takes any worker.
 */
final class Avoidance {
    private final PlacementSettings settings;
    private final EvictionChoice evictions;

    Avoidance(PlacementSettings settings, EvictionChoice evictions) {
        this.settings = settings;
        this.evictions = evictions;
    }

    /** Returns whether {@code ticket} avoids {@code worker} and another one could take it. */
    boolean keepsAway(Ticket ticket, WorkerState worker, Fleet fleet, WaitingRoom waiting, long nowNanos) {
        if (!ticket.avoids(worker.process()) || ticket.overtaken() >= settings.ageBound()) {
            return false;
        }
        Model model = fleet.model(ticket.request().model());
        for (int i = 0; i < fleet.workers().size(); i++) {
            WorkerState other = fleet.workers().get(i);
            if (!ticket.avoids(other.process()) && other.runs(ticket) && couldTake(other, model, waiting, nowNanos)) {
                return true;
            }
        }
        return false;
    }

    private boolean couldTake(WorkerState worker, Model model, WaitingRoom waiting, long nowNanos) {
        Copy copy = worker.copy(model);
        if (copy != null) {
            return worker.takesTasks() && (!copy.isReady() || worker.mayRun(settings));
        }
        return worker.mayBeginLoad(settings)
                && worker.mayLoad(model, nowNanos)
                && evictions.couldMakeRoomFor(model, worker, waiting);
    }
}
