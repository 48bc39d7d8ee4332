package dev.headgate.core.place;

import dev.headgate.core.admit.WaitingRoom;

/** How long a task would wait if it came at this moment. */
public final class Forecast {
    private Forecast() {}

    /**
     * Returns the predicted wait for {@code model} in nanoseconds: the better of the best worker that holds it (remaining
     * run, remaining load and backlog) and the best that could load it (remaining run and load); infinite if none can.
     */
    public static double waitNanos(Model model, Fleet fleet, WaitingRoom waiting, long nowNanos) {
        double soonest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < fleet.workers().size(); i++) {
            WorkerState worker = fleet.workers().get(i);
            if (!worker.takesTasks()) {
                continue;
            }
            Copy copy = worker.copy(model);
            double ready = worker.remainingRunNanos(nowNanos);
            if (copy != null) {
                ready += copy.remainingLoadNanos(nowNanos) + backlogNanos(worker, waiting);
            } else if (worker.knows(model.label()) && model.failures().allows(worker.id(), nowNanos)) {
                ready += model.loadNanos();
            } else {
                continue;
            }
            soonest = Math.min(soonest, ready);
        }
        return soonest;
    }

    /** Returns the run time of all that wait for what {@code worker} holds, shared with the other copies. */
    static double backlogNanos(WorkerState worker, WaitingRoom waiting) {
        double backlog = 0;
        for (int i = 0; i < worker.copies.size(); i++) {
            Model model = worker.copies.get(i).model();
            backlog += waiting.waitingFor(model.label()) * model.runNanos() / model.copies.size();
        }
        return backlog;
    }
}
