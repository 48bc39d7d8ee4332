package dev.headgate.core.signal;

/**
 * The blocks that one endpoint is believed to hold, by when each was last used.
 *
 * <p>A doubly linked list in arrays, found by a table: 20 bytes a block and about six for the table. Each block has the
 * stamp of the write that used it last and whether an answer has confirmed it. Not thread-safe.
 */
final class HeldBlocks {
    private static final int NONE = -1;
    private static final int LEAST_CAPACITY = 16;

    private int maxBlocks;
    private long[] blocks;
    private int[] older;
    private int[] newer; // also links the free places
    private int[] stamps; // shifted by one; the low bit = confirmed
    private int[] table; // open addressing; place + 1, 0 = free
    private int oldest = NONE;
    private int newest = NONE;
    private int freePlace;
    private int size;

    HeldBlocks(int maxBlocks) {
        this.maxBlocks = maxBlocks;
        allocate(Math.min(maxBlocks, LEAST_CAPACITY));
    }

    /** Returns how many it may hold. */
    int maxBlocks() {
        return maxBlocks;
    }

    /** From now on it may hold {@code most} ≥ 1; whoever says so removes those beyond. */
    void resizeTo(int most) {
        maxBlocks = most;
    }

    /** Returns how many it holds. */
    int size() {
        return size;
    }

    /** Returns whether it has no room for another. */
    boolean isFull() {
        return size >= maxBlocks;
    }

    /** Returns the block that was not used for the longest time; there must be one. */
    long oldest() {
        return blocks[oldest];
    }

    /** Returns the stamp of {@link #oldest}, which is one of 31 bits: compare by subtraction of shifted values. */
    int oldestStamp() {
        return stamps[oldest] & ~1;
    }

    /** Returns whether it holds {@code block}. */
    boolean contains(long block) {
        return table[find(block)] != 0;
    }

    /** Returns whether it holds {@code block} and an answer has confirmed it. */
    boolean isConfirmed(long block) {
        int entry = table[find(block)];
        return entry != 0 && (stamps[entry - 1] & 1) != 0;
    }

    /** Makes {@code block} the newest if it is held; returns whether it is. */
    boolean touch(long block, int stamp, boolean confirmed) {
        int entry = table[find(block)];
        if (entry == 0) {
            return false;
        }
        int place = entry - 1;
        int bit = confirmed ? 1 : stamps[place] & 1;
        stamps[place] = (stamp << 1) | bit;
        if (place != newest) {
            unlink(place);
            link(place);
        }
        return true;
    }

    /** Adds {@code block}, which is not held, as the newest; there must be room. */
    void add(long block, int stamp, boolean confirmed) {
        if (freePlace == NONE) {
            resize((int) Math.min(maxBlocks, blocks.length + (blocks.length >>> 2) + (long) LEAST_CAPACITY));
        }
        int place = freePlace;
        freePlace = newer[place];
        blocks[place] = block;
        stamps[place] = (stamp << 1) | (confirmed ? 1 : 0);
        table[find(block)] = place + 1;
        link(place);
        size++;
    }

    /** Forgets {@code block}; returns whether it was held. */
    boolean remove(long block) {
        int position = find(block);
        if (table[position] == 0) {
            return false;
        }
        int place = table[position] - 1;
        closeGap(position);
        unlink(place);
        newer[place] = freePlace;
        freePlace = place;
        size--;
        if (size < blocks.length / 2 && blocks.length > 4 * LEAST_CAPACITY) {
            resize(size + (size >>> 2) + LEAST_CAPACITY);
        }
        return true;
    }

    private void link(int place) {
        older[place] = newest;
        newer[place] = NONE;
        if (newest == NONE) {
            oldest = place;
        } else {
            newer[newest] = place;
        }
        newest = place;
    }

    private void unlink(int place) {
        if (older[place] == NONE) {
            oldest = newer[place];
        } else {
            newer[older[place]] = newer[place];
        }
        if (newer[place] == NONE) {
            newest = older[place];
        } else {
            older[newer[place]] = older[place];
        }
    }

    /** Returns the position of {@code block} in the table, or the free one where it belongs. */
    private int find(long block) {
        int position = home(block);
        while (table[position] != 0 && blocks[table[position] - 1] != block) {
            position = after(position);
        }
        return position;
    }

    private void closeGap(int position) {
        int hole = position;
        for (int next = after(hole); table[next] != 0; next = after(next)) {
            if (distance(home(blocks[table[next] - 1]), next) >= distance(hole, next)) {
                table[hole] = table[next];
                hole = next;
            }
        }
        table[hole] = 0;
    }

    private void resize(int capacity) {
        long[] oldBlocks = blocks;
        int[] oldStamps = stamps;
        int[] oldNewer = newer;
        int place = oldest;
        allocate(capacity);
        while (place != NONE) {
            add(oldBlocks[place], oldStamps[place] >>> 1, (oldStamps[place] & 1) != 0);
            place = oldNewer[place];
        }
    }

    private void allocate(int capacity) {
        blocks = new long[capacity];
        older = new int[capacity];
        newer = new int[capacity];
        stamps = new int[capacity];
        table = new int[capacity + capacity / 2 + 1];
        for (int i = 0; i < capacity; i++) {
            newer[i] = i + 1;
        }
        newer[capacity - 1] = NONE;
        freePlace = 0;
        oldest = NONE;
        newest = NONE;
        size = 0;
    }

    private int after(int position) {
        return position + 1 == table.length ? 0 : position + 1;
    }

    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + table.length;
    }

    private int home(long block) {
        return (int) (((BlockTable.mixed(block) >>> 32) * table.length) >>> 32);
    }
}
