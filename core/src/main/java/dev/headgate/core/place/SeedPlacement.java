package dev.headgate.core.place;

import java.util.random.RandomGenerator;

/**
 * The rule of dstilesr/smart-routing, a baseline: an idle worker that holds the label (a random one of them), else the
 * idle one with the fewest labels if it has room, else the longest idle; else one queue whose tasks go to the next free
 * worker whatever it holds.
 */
final class SeedPlacement extends EagerPlacement {
    SeedPlacement(RandomGenerator random) {
        super(random);
    }

    @Override
    WorkerState choose(Model model, IdleWorkers idle) {
        WorkerState holder = idle.anyHolding(model);
        if (holder != null) {
            return holder;
        }
        WorkerState roomy = idle.fewestLabelsWithRoomFor(model);
        return roomy != null ? roomy : idle.longest();
    }
}
