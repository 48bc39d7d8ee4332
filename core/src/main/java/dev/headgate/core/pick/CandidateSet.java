package dev.headgate.core.pick;

import java.util.Arrays;

/** A set of candidates that is filled in ascending order. Reused; allocates only to grow. Not thread-safe. */
public final class CandidateSet implements RouterPart.IndexSet {
    private int[] indexes = new int[16];
    private int size;

    /** Empties it. */
    public CandidateSet clear() {
        size = 0;
        return this;
    }

    /** Adds candidate {@code index}, which is greater than all that were added. */
    public CandidateSet add(int index) {
        if (size > 0 && index <= indexes[size - 1]) {
            throw new IllegalArgumentException("index: " + index + " (expected: > " + indexes[size - 1] + ")");
        }
        if (size == indexes.length) {
            indexes = Arrays.copyOf(indexes, 2 * size);
        }
        indexes[size++] = index;
        return this;
    }

    /** Makes it all of {@code count} candidates. */
    public CandidateSet fill(int count) {
        clear();
        for (int i = 0; i < count; i++) {
            add(i);
        }
        return this;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int get(int k) {
        if (k >= size) {
            throw new IndexOutOfBoundsException("k: " + k + " (expected: 0 to " + (size - 1) + ")");
        }
        return indexes[k];
    }

    @Override
    public boolean contains(int index) {
        return Arrays.binarySearch(indexes, 0, size, index) >= 0;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(indexes, size));
    }
}
