package dev.headgate.core.signal;

import dev.headgate.core.request.Prompt;

/**
 * Which set of endpoints holds a block, by the block's hash; a block that nobody holds takes no place.
 *
 * <p>Open addressing in many small tables, each of which grows by a quarter, so that about half of the places are taken and
 * no growth takes long. A place is one word: the number of the set and as many bits of the hash as are left, which with the
 * table's number are 46. Two of a million blocks are taken for one another with a chance of one in 140; then a request may go
 * to an endpoint that holds a block less than believed, and no more than that. Not thread-safe.
 */
final class BlockTable {
    /** How many blocks are looked up at once: the memory that they stand in is then fetched at once too. */
    static final int BATCH = 8;

    /** What a set's number may take, so that the rest is enough to tell blocks apart. */
    static final int SET_BITS = 26;

    private static final long SET_MASK = (1L << SET_BITS) - 1;

    /** So many that one of them, when millions of blocks are held, is copied in less than a millisecond. */
    private static final int TABLES = 256;

    private static final int LEAST_LENGTH = 8;

    private final long[][] tables = new long[TABLES][LEAST_LENGTH]; // 0 = free: no block has the empty set
    private final int[] sizes = new int[TABLES];
    private long size;

    /** Returns the set of {@code block}, {@link HolderSets#EMPTY} if nobody holds it. */
    int get(long block) {
        long hash = mixed(block);
        long[] table = tables[tableOf(hash)];
        return (int) (table[find(table, hash)] & SET_MASK);
    }

    /**
     * Sets {@code sets[0]}, {@code sets[1]}, … to the sets of the {@link #BATCH} blocks of {@code prompt} from {@code from}
     * on, or of as many as there are.
     */
    void get(Prompt prompt, int from, int[] sets) {
        int count = Math.min(BATCH, prompt.blocks() - from);
        long all = 0;
        for (int k = 0; k < count; k++) {
            long hash = mixed(prompt.block(from + k));
            long[] table = tables[tableOf(hash)];
            long place = table[home(hash, table.length)];
            boolean isIt = ((place ^ hash) & ~SET_MASK) == 0;
            sets[k] = isIt ? (int) (place & SET_MASK) : -1;
            all |= sets[k];
        }
        if (all >= 0) {
            return;
        }
        for (int k = 0; k < count; k++) {
            if (sets[k] < 0) {
                sets[k] = get(prompt.block(from + k));
            }
        }
    }

    /** Makes {@code set} the set of {@code block}; the empty set forgets the block. */
    void put(long block, int set) {
        long hash = mixed(block);
        int number = tableOf(hash);
        long[] table = tables[number];
        int place = find(table, hash);
        boolean held = table[place] != 0;
        if (set == HolderSets.EMPTY) {
            if (held) {
                remove(number, place);
            }
            return;
        }
        table[place] = (hash & ~SET_MASK) | set;
        if (!held) {
            size++;
            if (++sizes[number] > table.length * 3 / 5) {
                resize(number, table.length + table.length / 4 + 1);
            }
        }
    }

    /** Returns how many blocks are held by somebody. */
    long size() {
        return size;
    }

    /** Spreads hashes that are none, as the numbers of blocks in a trace. */
    static long mixed(long block) {
        long hash = block * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
        return hash * 0xD6E8FEB86659FD93L;
    }

    /** Closes the gap, so that no probe has to step over removed blocks. */
    private void remove(int number, int place) {
        long[] table = tables[number];
        int hole = place;
        for (int next = after(table, hole); table[next] != 0; next = after(table, next)) {
            if (distance(table, home(table[next], table.length), next) >= distance(table, hole, next)) {
                table[hole] = table[next];
                hole = next;
            }
        }
        table[hole] = 0;
        size--;
        int left = --sizes[number];
        if (left < table.length / 3 && table.length > LEAST_LENGTH) {
            resize(number, Math.max(LEAST_LENGTH, 2 * left));
        }
    }

    private void resize(int number, int length) {
        long[] table = new long[length];
        for (long entry : tables[number]) {
            if (entry != 0) {
                int place = home(entry, length);
                while (table[place] != 0) {
                    place = after(table, place);
                }
                table[place] = entry;
            }
        }
        tables[number] = table;
    }

    /** Returns the place of the block with {@code hash}, or the free one where it belongs. */
    private static int find(long[] table, long hash) {
        int place = home(hash, table.length);
        while (table[place] != 0 && ((table[place] ^ hash) & ~SET_MASK) != 0) {
            place = after(table, place);
        }
        return place;
    }

    /** The low bits, which a place does not keep. */
    private static int tableOf(long hash) {
        return (int) hash & (TABLES - 1);
    }

    /** Maps the high bits, which a place keeps, without a division; lengths need not be powers of two. */
    private static int home(long hash, int length) {
        return (int) (((hash >>> 32) * length) >>> 32);
    }

    private static int after(long[] table, int place) {
        return place + 1 == table.length ? 0 : place + 1;
    }

    private static int distance(long[] table, int from, int to) {
        return to >= from ? to - from : to - from + table.length;
    }
}
