package dev.headgate.core.pick;

import java.util.Arrays;

/**
 * A router's choice: ranks of endpoints, the best rank first. Calls chain. It is reused from choice to choice, so filling it
 * allocates nothing. Not thread-safe.
 *
 * <p>An endpoint counts where it was first added; a rank without any is skipped.
 */
public final class Ranks {
    private int[] order = new int[16];
    private int[] ends = new int[4]; // of the ranks that are finished, exclusive
    private long[] seen = new long[1]; // bits by index
    private int candidates;
    private int size;
    private int ranks;
    private boolean retriesAtOnce;

    /** Empties it for a choice among {@code count} candidates. */
    public void reset(int count) {
        int words = (count + 63) >>> 6;
        if (seen.length < words) {
            seen = new long[words];
        } else {
            Arrays.fill(seen, 0, words, 0);
        }
        candidates = count;
        size = 0;
        ranks = 0;
        retriesAtOnce = false;
    }

    /**
     * Adds candidate {@code index} to the current rank, unless it is in a rank already.
     *
     * @throws IndexOutOfBoundsException if there is no such candidate
     */
    public Ranks add(int index) {
        if (index < 0 || index >= candidates) {
            throw new IndexOutOfBoundsException("candidate: " + index + " (expected: 0 to " + (candidates - 1) + ")");
        }
        long bit = 1L << index;
        if ((seen[index >>> 6] & bit) == 0) {
            seen[index >>> 6] |= bit;
            if (size == order.length) {
                order = Arrays.copyOf(order, 2 * size);
            }
            order[size++] = index;
        }
        return this;
    }

    /** Starts the next rank. */
    public Ranks next() {
        if (size > start(ranks)) {
            if (ranks == ends.length) {
                ends = Arrays.copyOf(ends, 2 * ranks);
            }
            ends[ranks++] = size;
        }
        return this;
    }

    /** Asks to be called again without waiting if all of these fail. */
    public Ranks retryAtOnce() {
        retriesAtOnce = true;
        return this;
    }

    /** Returns how many ranks have an endpoint. */
    public int count() {
        return size > start(ranks) ? ranks + 1 : ranks;
    }

    /** Returns how many endpoints {@code rank} has. */
    public int size(int rank) {
        return end(rank) - start(rank);
    }

    /** Returns the candidate at {@code position} of {@code rank}, in the order added. */
    public int get(int rank, int position) {
        return order[start(rank) + position];
    }

    /** Returns whether the router asked to be called again without waiting. */
    public boolean retriesAtOnce() {
        return retriesAtOnce;
    }

    private int start(int rank) {
        return rank == 0 ? 0 : ends[rank - 1];
    }

    private int end(int rank) {
        return rank < ranks ? ends[rank] : size;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int rank = 0; rank < count(); rank++) {
            text.append(rank == 0 ? "" : " ")
                    .append(Arrays.toString(Arrays.copyOfRange(order, start(rank), end(rank))));
        }
        return text.toString();
    }
}
