package dev.headgate.lab.engine;

import java.util.Arrays;

/**
 * The blocks that an engine holds: those in use are counted, the others stand in the order of their last use and go when room
 * is needed.
 *
 * <p>A chained hash table over slots, and a doubly linked list through those without users. Blocks of one unit have numbers in
 * a row and stay neighbours in the table, which keeps long prompts in the processor's cache.
 */
final class BlockCache {
    private static final int NONE = -1;

    private final int[] buckets;
    private final int[] chain; // the next slot of a bucket, or of the free ones
    private final int[] block;
    private final int[] users;
    private final int[] older;
    private final int[] newer;
    private int free;
    private int oldest = NONE;
    private int newest = NONE;
    private int referenced;
    private int cached;

    BlockCache(int capacity) {
        buckets = new int[Math.max(64, Integer.highestOneBit(Math.max(1, capacity)) * 4)];
        chain = new int[capacity];
        block = new int[capacity];
        users = new int[capacity];
        older = new int[capacity];
        newer = new int[capacity];
        clear();
    }

    /** Forgets everything. */
    void clear() {
        Arrays.fill(buckets, NONE);
        for (int slot = 0; slot < chain.length; slot++) {
            chain[slot] = slot + 1 < chain.length ? slot + 1 : NONE;
        }
        free = chain.length > 0 ? 0 : NONE;
        oldest = NONE;
        newest = NONE;
        referenced = 0;
        cached = 0;
    }

    /** Returns the blocks in use. */
    int referenced() {
        return referenced;
    }

    /** Returns the blocks kept for later. */
    int cached() {
        return cached;
    }

    /** Returns the slots that hold nothing, by counting them. */
    int countFree() {
        int count = 0;
        for (int slot = free; slot != NONE; slot = chain[slot]) {
            count++;
        }
        return count;
    }

    /** Returns where {@code number} is, −1 if it is not here. */
    int find(int number) {
        int slot = buckets[bucket(number)];
        while (slot != NONE && block[slot] != number) {
            slot = chain[slot];
        }
        return slot;
    }

    /** Returns whether nobody uses the block at {@code slot}. */
    boolean isUnused(int slot) {
        return users[slot] == 0;
    }

    /** Counts one more user of the block at {@code slot}. */
    void pin(int slot) {
        if (users[slot]++ == 0) {
            unlink(slot);
            cached--;
            referenced++;
        }
    }

    /** Counts one more user of {@code number}, which is put in if it is not here; there must be room. */
    void acquire(int number) {
        int slot = find(number);
        if (slot == NONE) {
            users[insert(number)] = 1;
            referenced++;
        } else {
            pin(slot);
        }
    }

    /** Counts one user less of {@code number}; without users it stays as the most recently used. */
    void release(int number) {
        int slot = find(number);
        if (slot == NONE || users[slot] == 0) {
            throw new IllegalStateException("block " + number + " released by nobody who had it");
        }
        if (--users[slot] == 0) {
            referenced--;
            cached++;
            link(slot);
        }
    }

    /** Keeps {@code number} as the most recently used, if nobody uses it; there must be room. */
    void keep(int number) {
        int slot = find(number);
        if (slot == NONE) {
            link(insert(number));
            cached++;
        } else if (users[slot] == 0) {
            unlink(slot);
            link(slot);
        }
    }

    /** Drops the block that nobody has used for the longest time; there must be one. */
    void dropOldest() {
        int slot = oldest;
        unlink(slot);
        cached--;
        int bucket = bucket(block[slot]);
        if (buckets[bucket] == slot) {
            buckets[bucket] = chain[slot];
        } else {
            int before = buckets[bucket];
            while (chain[before] != slot) {
                before = chain[before];
            }
            chain[before] = chain[slot];
        }
        chain[slot] = free;
        free = slot;
    }

    private int insert(int number) {
        int slot = free;
        if (slot == NONE) {
            throw new IllegalStateException("no room for block " + number);
        }
        free = chain[slot];
        int bucket = bucket(number);
        block[slot] = number;
        users[slot] = 0;
        chain[slot] = buckets[bucket];
        buckets[bucket] = slot;
        return slot;
    }

    private void link(int slot) {
        older[slot] = newest;
        newer[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newer[newest] = slot;
        }
        newest = slot;
    }

    private void unlink(int slot) {
        if (older[slot] == NONE) {
            oldest = newer[slot];
        } else {
            newer[older[slot]] = newer[slot];
        }
        if (newer[slot] == NONE) {
            newest = older[slot];
        } else {
            older[newer[slot]] = older[slot];
        }
    }

    private int bucket(int number) {
        int row = number >>> 5;
        int mixed = row * 0x9E3779B1;
        return (((mixed ^ (mixed >>> 15)) << 5) | (number & 31)) & (buckets.length - 1);
    }
}
