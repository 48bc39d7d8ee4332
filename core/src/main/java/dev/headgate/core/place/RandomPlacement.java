package dev.headgate.core.place;

import java.util.random.RandomGenerator;

/**
 * smart-routing's RANDOM_DISPATCH: a uniform random idle worker, else one queue served by whoever frees. A baseline:
 * it knows nothing of what is resident, evicts the least recently used and loads within the task.
 */
final class RandomPlacement extends EagerPlacement {
    RandomPlacement(RandomGenerator random) {
        super(random);
    }

    @Override
    WorkerState choose(Model model, IdleWorkers idle) {
        return idle.any();
    }
}
