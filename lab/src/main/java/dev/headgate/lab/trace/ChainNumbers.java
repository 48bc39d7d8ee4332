package dev.headgate.lab.trace;

import java.util.Arrays;

/**
 * Numbers chains of ids from 0: equal chains get equal numbers, whatever ids a file uses. Open addressing over parallel
 * arrays, as a trace has hundreds of thousands of chains.
 */
final class ChainNumbers {
    /** The chain of no ids. */
    static final int ROOT = -1;

    private int[] table = new int[1 << 12]; // number + 1 by hash; 0 = empty
    private int[] before = new int[1 << 11]; // by number
    private long[] ids = new long[1 << 11]; // by number
    private int count;

    /** Returns the number of the chain that {@code id} makes of chain {@code previous}. */
    int of(int previous, long id) {
        int mask = table.length - 1;
        int place = hash(previous, id) & mask;
        for (int entry = table[place]; entry != 0; entry = table[place]) {
            if (before[entry - 1] == previous && ids[entry - 1] == id) {
                return entry - 1;
            }
            place = (place + 1) & mask;
        }
        int number = fresh(previous, id);
        table[place] = number + 1;
        if (2 * count > table.length) {
            grow();
        }
        return number;
    }

    /** Returns the number of a chain that no other request shares. */
    int unique() {
        return fresh(ROOT, 0);
    }

    private int fresh(int previous, long id) {
        if (count == before.length) {
            before = Arrays.copyOf(before, 2 * count);
            ids = Arrays.copyOf(ids, 2 * count);
        }
        before[count] = previous;
        ids[count] = id;
        return count++;
    }

    private void grow() {
        int[] old = table;
        table = new int[2 * old.length];
        int mask = table.length - 1;
        for (int entry : old) {
            if (entry != 0) {
                int place = hash(before[entry - 1], ids[entry - 1]) & mask;
                while (table[place] != 0) {
                    place = (place + 1) & mask;
                }
                table[place] = entry;
            }
        }
    }

    private static int hash(int previous, long id) {
        long mixed = (id + 0x9E3779B97F4A7C15L * (previous + 2L)) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed ^ mixed >>> 32);
    }
}
