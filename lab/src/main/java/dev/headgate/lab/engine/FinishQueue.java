package dev.headgate.lab.engine;

import java.util.PriorityQueue;

/** Which decoding request is complete after which decode step; those of one step in the order of their numbers. */
final class FinishQueue {
    private final PriorityQueue<Long> entries = new PriorityQueue<>();

    void add(long step, int request) {
        entries.add(step << 28 | request);
    }

    /** Returns the step of the earliest entry, {@link Long#MAX_VALUE} if there is none. */
    long nextStep() {
        Long first = entries.peek();
        return first == null ? Long.MAX_VALUE : first >>> 28;
    }

    /** Takes the earliest entry, of which there must be one. */
    int poll() {
        return (int) (entries.remove() & (1 << 28) - 1);
    }

    void clear() {
        entries.clear();
    }
}
