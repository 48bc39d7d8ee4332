package dev.headgate.core.signal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something happened during the last while, forgotten in slices: an event counts for at least the window less
 * one slice and at most the whole window.
 *
 * <p>Thread-safe and lock-free; recording allocates nothing. Time that goes back by less than a window counts in the
 * latest slice.
 */
public final class SlidingWindow {
    /** Ten slices forget a tenth of the window at a time. */
    private static final int SLICES = 10;

    private static final int COUNT_BITS = 31;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    /** Each holds the number of its slice of time and, in the low bits, its count: both change in one step. */
    private final AtomicLongArray slices = new AtomicLongArray(SLICES);

    private final long originNanos;
    private final long sliceNanos;

    /** Returns an empty window; {@code window} is at least 10 ns. */
    public SlidingWindow(Duration window, long nowNanos) {
        if (window.toNanos() < SLICES) {
            throw new IllegalArgumentException("window: " + window + " (expected: >= 10ns)");
        }
        sliceNanos = window.toNanos() / SLICES;
        originNanos = nowNanos;
    }

    /** Counts one event. */
    public void add(long nowNanos) {
        change(sliceAt(nowNanos), 1);
    }

    /**
     * Counts one event if fewer than {@code limit} are in the window; returns whether it was counted. Exact between
     * threads that count only by this method: the window never holds more than the limit.
     */
    public boolean tryAdd(long limit, long nowNanos) {
        if (count(nowNanos) >= limit) {
            return false;
        }
        long slice = sliceAt(nowNanos);
        change(slice, 1);
        if (count(nowNanos) > limit) {
            change(slice, -1);
            return false;
        }
        return true;
    }

    /** Returns the events in the window. */
    public long count(long nowNanos) {
        long slice = sliceAt(nowNanos);
        long sum = 0;
        for (int i = 0; i < SLICES; i++) {
            long value = slices.get(i);
            if (slice - (value >>> COUNT_BITS) < SLICES) {
                sum += value & COUNT_MASK;
            }
        }
        return sum;
    }

    private void change(long slice, int by) {
        int index = (int) (slice % SLICES);
        long current = slices.get(index);
        while (true) {
            long next;
            if (current >>> COUNT_BITS >= slice) {
                next = Math.min(current & COUNT_MASK, COUNT_MASK - 1) + by < 0 ? current : current + by;
            } else if (by > 0) {
                next = (slice << COUNT_BITS) | by;
            } else {
                return;
            }
            long witness = slices.compareAndExchange(index, current, next);
            if (witness == current) {
                return;
            }
            current = witness;
        }
    }

    private long sliceAt(long nowNanos) {
        return Math.max(0, nowNanos - originNanos) / sliceNanos;
    }
}
