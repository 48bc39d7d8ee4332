package dev.headgate.core.place;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The idle workers that may run a model, for the baselines to choose from. */
final class IdleWorkers {
    private final List<WorkerState> workers;
    private final RandomGenerator random;

    private IdleWorkers(List<WorkerState> workers, RandomGenerator random) {
        this.workers = workers;
        this.random = random;
    }

    static IdleWorkers of(Fleet fleet, Model model, String taskType, long nowNanos, RandomGenerator random) {
        List<WorkerState> idle = new ArrayList<>();
        for (WorkerState worker : fleet.workers()) {
            boolean canRun = worker.copy(model) != null
                    || (worker.takesLoads()
                            && worker.knows(model.label())
                            && model.failures().allows(worker.id(), nowNanos));
            if (worker.takesTasks() && worker.isIdle() && worker.runs(taskType) && canRun) {
                idle.add(worker);
            }
        }
        return new IdleWorkers(idle, random);
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    WorkerState any() {
        return workers.get(random.nextInt(workers.size()));
    }

    @Nullable
    WorkerState anyHolding(Model model) {
        List<WorkerState> holders =
                workers.stream().filter(worker -> worker.copy(model) != null).toList();
        return holders.isEmpty() ? null : holders.get(random.nextInt(holders.size()));
    }

    @Nullable
    WorkerState fewestLabelsWithRoomFor(Model model) {
        WorkerState best = null;
        for (WorkerState worker : workers) {
            int labels = worker.copies.size();
            if (worker.capacity().holds(labels + 1, worker.residentBytes() + model.sizeBytes())
                    && (best == null || labels < best.copies.size())) {
                best = worker;
            }
        }
        return best;
    }

    WorkerState longest() {
        WorkerState best = workers.get(0);
        for (WorkerState worker : workers) {
            if (worker.lastActiveNanos - best.lastActiveNanos < 0) {
                best = worker;
            }
        }
        return best;
    }
}
