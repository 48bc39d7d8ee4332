package dev.headgate.core.place;

import java.util.ArrayList;
import java.util.List;

/** Least-recently-used eviction, as the baselines do it. */
final class Lru {
    private Lru() {}

    /** Returns what {@code worker}, which runs and loads nothing, must drop to hold {@code model}. */
    static List<Copy> victims(WorkerState worker, Model model) {
        List<Copy> kept = new ArrayList<>(worker.copies);
        List<Copy> victims = new ArrayList<>(1);
        long bytes = worker.residentBytes() + model.sizeBytes();
        while (!kept.isEmpty() && !worker.capacity().holds(kept.size() + 1, bytes)) {
            Copy oldest = kept.get(0);
            for (Copy copy : kept) {
                if (copy.lastUsedNanos - oldest.lastUsedNanos < 0) {
                    oldest = copy;
                }
            }
            kept.remove(oldest);
            victims.add(oldest);
            bytes -= oldest.model().sizeBytes();
        }
        return victims;
    }
}
