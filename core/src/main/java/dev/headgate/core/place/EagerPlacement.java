package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the baselines share: the first task in order is bound to an idle worker as soon as there is one, and a missing
 * model is loaded within the task over the least recently used. Tasks whose model no idle worker can take wait.
 */
abstract class EagerPlacement implements PlacementPolicy {
    private final RandomGenerator random;

    EagerPlacement(RandomGenerator random) {
        this.random = random;
    }

    /** Returns one of the idle workers, of which there is at least one. */
    abstract WorkerState choose(Model model, IdleWorkers idle);

    @Override
    public final void decide(Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        for (Ticket head = waiting.head(); head != null; head = waiting.head()) {
            Model model = fleet.model(head.request().model());
            IdleWorkers idle = IdleWorkers.of(fleet, model, head.request().taskType(), nowNanos, random);
            if (idle.isEmpty()) {
                return;
            }
            WorkerState worker = choose(model, idle);
            Copy copy = worker.copy(model);
            if (copy != null) {
                actions.assign(head, copy);
            } else {
                List<Copy> victims = Lru.victims(worker, model);
                actions.loadWithin(head, worker, model, victims);
            }
        }
    }
}
