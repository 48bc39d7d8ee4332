package dev.headgate.core.time;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Future events in order of time, run when their owner advances the clock.
 *
 * <p>Events of the same moment run in the order in which they were set. An event may set or cancel others, also for
 * the current moment. Not thread-safe: confined to its owner.
 *
 * <p>A binary heap whose entries know their index, so that taking one back costs O(log n) like all else: most deadlines
 * are taken back.
 */
public final class Wakeups {
    private final List<Wakeup> heap = new ArrayList<>();
    private long sequence;

    /** Runs {@code action} at the first {@link #advance} that reaches {@code atNanos}. */
    public Wakeup at(long atNanos, Runnable action) {
        Wakeup wakeup = new Wakeup(this, atNanos, sequence++, action);
        heap.add(wakeup);
        wakeup.index = heap.size() - 1;
        siftUp(wakeup);
        return wakeup;
    }

    /** Runs every event that is due at {@code nowNanos}, in order, and returns how many ran. */
    public int advance(long nowNanos) {
        int ran = 0;
        while (!heap.isEmpty() && heap.get(0).atNanos - nowNanos <= 0) {
            Wakeup due = heap.get(0);
            remove(due);
            due.action.run();
            ran++;
        }
        return ran;
    }

    /** Returns the moment of the earliest event, empty if nothing is set. */
    public OptionalLong next() {
        return heap.isEmpty() ? OptionalLong.empty() : OptionalLong.of(heap.get(0).atNanos);
    }

    /** Returns how many events are set. */
    public int size() {
        return heap.size();
    }

    private void remove(Wakeup wakeup) {
        int hole = wakeup.index;
        Wakeup last = heap.remove(heap.size() - 1);
        wakeup.index = Wakeup.NOT_SET;
        if (last != wakeup) {
            put(last, hole);
            siftUp(last);
            siftDown(last);
        }
    }

    private void siftUp(Wakeup wakeup) {
        while (wakeup.index > 0) {
            Wakeup parent = heap.get((wakeup.index - 1) >>> 1);
            if (!wakeup.isBefore(parent)) {
                return;
            }
            swap(wakeup, parent);
        }
    }

    private void siftDown(Wakeup wakeup) {
        for (int child = 2 * wakeup.index + 1; child < heap.size(); child = 2 * wakeup.index + 1) {
            Wakeup smaller = heap.get(child);
            if (child + 1 < heap.size() && heap.get(child + 1).isBefore(smaller)) {
                smaller = heap.get(child + 1);
            }
            if (!smaller.isBefore(wakeup)) {
                return;
            }
            swap(wakeup, smaller);
        }
    }

    private void swap(Wakeup a, Wakeup b) {
        int index = a.index;
        put(a, b.index);
        put(b, index);
    }

    private void put(Wakeup wakeup, int index) {
        heap.set(index, wakeup);
        wakeup.index = index;
    }

    /** One event that is set; it can be taken back until it has run. */
    public static final class Wakeup {
        private static final int NOT_SET = -1;

        private final Wakeups owner;
        private final long atNanos;
        private final long sequence;
        private final Runnable action;
        private int index;

        private Wakeup(Wakeups owner, long atNanos, long sequence, Runnable action) {
            this.owner = owner;
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.action = action;
        }

        /** Takes the event back; without effect once it has run or was taken back. */
        public void cancel() {
            if (index != NOT_SET) {
                owner.remove(this);
            }
        }

        /** Returns when it is due. */
        public long atNanos() {
            return atNanos;
        }

        private boolean isBefore(Wakeup other) {
            long difference = atNanos - other.atNanos;
            return difference != 0 ? difference < 0 : sequence < other.sequence;
        }
    }
}
