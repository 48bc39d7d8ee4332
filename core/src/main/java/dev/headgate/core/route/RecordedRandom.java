package dev.headgate.core.route;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** Chance that can be written down while one choice is made, and given again to repeat it. */
final class RecordedRandom implements RandomGenerator {
    private final RandomGenerator source;
    private final Queue<Long> again = new ArrayDeque<>();
    private List<Long> drawn = List.of();
    private boolean isRecording;

    /** Returns chance from {@code source}. */
    RecordedRandom(RandomGenerator source) {
        this.source = source;
    }

    /** Gives {@code draws} before anything else. */
    void giveAgain(List<Long> draws) {
        again.clear();
        again.addAll(draws);
    }

    /** Writes down from now on. */
    void record() {
        drawn = new ArrayList<>();
        isRecording = true;
    }

    /** Returns what was drawn since {@link #record}. */
    List<Long> recorded() {
        isRecording = false;
        return drawn;
    }

    @Override
    public long nextLong() {
        long next = again.isEmpty() ? source.nextLong() : again.remove();
        if (isRecording) {
            drawn.add(next);
        }
        return next;
    }
}
