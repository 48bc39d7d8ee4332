package dev.headgate.core.signal;

import java.util.Arrays;

/**
 * The sets of endpoints that hold a block, each stored once and counted.
 *
 * <p>The blocks of one conversation are mostly held by the same endpoints, so there are far fewer sets than blocks: a block
 * names its set by a number, and a lookup that walks a chain compares numbers and intersects bits only where the number
 * changes. 0 is the empty set and is not counted. Not thread-safe.
 */
final class HolderSets {
    static final int EMPTY = 0;

    /** A set's array header, reference, count, hash and share of the table, besides its words. */
    private static final int BYTES_PER_SET = 48;

    private long[][] words = new long[16][];
    private int[] references = new int[16];
    private int[] free = new int[16]; // numbers given back
    private int freeCount;
    private int used = 1;
    private int[] table = new int[32]; // open addressing by the hash of the words; a power of two
    private int live;
    private long bytes;

    private long[] scratch = new long[1];
    private int memoFrom;
    private int memoEndpoint = -1;
    private int memoTo;

    HolderSets() {
        words[EMPTY] = new long[0];
    }

    /** Returns the bits of set {@code id} by endpoint, without trailing zeros; not to be changed. */
    long[] words(int id) {
        return words[id];
    }

    /** Returns whether {@code endpoint} is in set {@code id}. */
    boolean contains(int id, int endpoint) {
        long[] bits = words[id];
        int word = endpoint >>> 6;
        return word < bits.length && (bits[word] & (1L << endpoint)) != 0;
    }

    /** Gives one reference of {@code id} for one of the set that has {@code endpoint} too, and returns that. */
    int add(int id, int endpoint) {
        return contains(id, endpoint) ? id : flip(id, endpoint);
    }

    /** Gives one reference of {@code id} for one of the set without {@code endpoint}, and returns that. */
    int remove(int id, int endpoint) {
        return contains(id, endpoint) ? flip(id, endpoint) : id;
    }

    /** Returns how many sets there are, the empty one aside. */
    int size() {
        return live;
    }

    /** Returns how often {@code id} is referred to. */
    int references(int id) {
        return references[id];
    }

    /** Returns about how many bytes the sets take. */
    long bytes() {
        return bytes;
    }

    /** The blocks of a chain change their sets one after another in the same way: the last change is remembered. */
    private int flip(int id, int endpoint) {
        int to = memoFrom == id && memoEndpoint == endpoint ? memoTo : intern(flipped(id, endpoint));
        if (to != EMPTY) {
            references[to]++;
        }
        memoFrom = id;
        memoEndpoint = endpoint;
        memoTo = to;
        release(id);
        return to;
    }

    /** Fills {@code scratch} and returns how many of its words count. */
    private int flipped(int id, int endpoint) {
        long[] bits = words[id];
        int length = Math.max(bits.length, (endpoint >>> 6) + 1);
        if (scratch.length < length) {
            scratch = new long[length];
        }
        System.arraycopy(bits, 0, scratch, 0, bits.length);
        Arrays.fill(scratch, bits.length, length, 0);
        scratch[endpoint >>> 6] ^= 1L << endpoint;
        while (length > 0 && scratch[length - 1] == 0) {
            length--;
        }
        return length;
    }

    private int intern(int length) {
        if (length == 0) {
            return EMPTY;
        }
        int mask = table.length - 1;
        int position = hash(scratch, length) & mask;
        while (table[position] != EMPTY) {
            long[] bits = words[table[position]];
            if (Arrays.equals(bits, 0, bits.length, scratch, 0, length)) {
                return table[position];
            }
            position = (position + 1) & mask;
        }
        int id = newId();
        words[id] = Arrays.copyOf(scratch, length);
        bytes += BYTES_PER_SET + 8L * length;
        table[position] = id;
        if (++live * 2 > table.length) {
            rehash(2 * table.length);
        }
        return id;
    }

    private int newId() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        if (used == words.length) {
            words = Arrays.copyOf(words, used + (used >>> 1));
            references = Arrays.copyOf(references, words.length);
        }
        return used++;
    }

    private void release(int id) {
        if (id == EMPTY || --references[id] > 0) {
            return;
        }
        removeFromTable(id);
        bytes -= BYTES_PER_SET + 8L * words[id].length;
        words[id] = words[EMPTY];
        live--;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = id;
        memoEndpoint = -1; // the number may come to mean another set
    }

    private void removeFromTable(int id) {
        int mask = table.length - 1;
        int hole = home(id) & mask;
        while (table[hole] != id) {
            hole = (hole + 1) & mask;
        }
        int next = (hole + 1) & mask;
        while (table[next] != EMPTY) {
            int distance = (next - home(table[next])) & mask;
            if (distance >= ((next - hole) & mask)) {
                table[hole] = table[next];
                hole = next;
            }
            next = (next + 1) & mask;
        }
        table[hole] = EMPTY;
    }

    private void rehash(int size) {
        int[] old = table;
        table = new int[size];
        for (int id : old) {
            if (id != EMPTY) {
                int position = home(id) & (size - 1);
                while (table[position] != EMPTY) {
                    position = (position + 1) & (size - 1);
                }
                table[position] = id;
            }
        }
    }

    private int home(int id) {
        return hash(words[id], words[id].length);
    }

    private static int hash(long[] bits, int length) {
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ bits[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 32);
    }
}
