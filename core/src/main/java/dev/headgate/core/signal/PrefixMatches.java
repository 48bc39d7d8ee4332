package dev.headgate.core.signal;

import java.util.Arrays;

/** How much of a prompt each endpoint of a {@link PrefixIndex} holds. Reused from lookup to lookup. Not thread-safe. */
public final class PrefixMatches {
    private int[] runs = new int[16];
    private final int[] batch = new int[BlockTable.BATCH];
    private int slots;
    private long[] live = new long[1]; // the endpoints whose run goes on, while a lookup is under way

    /** Returns the unbroken run of blocks from the first that the endpoint in {@code slot} holds; 0 if it is unknown. */
    public int blocks(int slot) {
        return slot < slots ? runs[slot] : 0;
    }

    /** Returns the place for the sets of a few blocks, while a lookup is under way. */
    int[] batch() {
        return batch;
    }

    /** Forgets the last lookup and makes room for {@code count} slots; returns a bit set for them. */
    long[] reset(int count) {
        if (runs.length < count) {
            runs = new int[count + (count >>> 1)];
            live = new long[(runs.length + 63) >>> 6];
        }
        slots = count;
        Arrays.fill(runs, 0, count, 0);
        return live;
    }

    /** Notes that the runs of the endpoints in {@code bits}, those of word {@code word}, end after {@code blocks} blocks. */
    void ended(int word, long bits, int blocks) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            runs[(word << 6) + Long.numberOfTrailingZeros(rest)] = blocks;
        }
    }
}
