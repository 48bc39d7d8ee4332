package dev.headgate.core.signal;

import dev.headgate.core.request.Prompt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a pool are believed to hold which blocks of which prompts in their caches.
 *
 * <p>One lookup answers for all endpoints. It walks the chain of the prompt until nobody holds the next block, keeping the
 * set of endpoints whose run is unbroken; blocks name their set of holders by number ({@link HolderSets}), so a step costs
 * one probe of a table whatever the number of endpoints, and bits are intersected only where the number changes.
 *
 * <p>Each endpoint forgets what it has not used for the longest time beyond its bound, and all of them together beyond
 * {@code maxBytes}. A write uses a chain from its end to its beginning, so that of one chain the end is forgotten first: a
 * block whose beginning is gone can match nothing.
 *
 * <p>Endpoints have slots, small numbers from {@link #join} that are used again after {@link #leave}. Memory is counted as
 * {@link #BYTES_PER_HOLD} for each block of each endpoint plus the sets. Confined to the pool's owner. See routing.md §7.
 */
public final class PrefixIndex {
    /** How many blocks an endpoint holds if nothing else is known: 2 million tokens in blocks of 64. */
    public static final int DEFAULT_MAX_BLOCKS = 31_250;

    /** What all endpoints together may take. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /**
     * What a block that one endpoint holds takes: 20 bytes in its list and six in that one's table, 13 to 17 in the table
     * of blocks. Room to grow takes a few more for a while, blocks that several hold take less.
     */
    public static final int BYTES_PER_HOLD = 48;

    /** With more, there could be more sets than a place in the table can tell apart. */
    private static final long MOST_BYTES = (long) BYTES_PER_HOLD << BlockTable.SET_BITS;

    private int maxBlocks;
    private long maxBytes;
    private final HolderSets sets = new HolderSets();
    private final BlockTable table = new BlockTable();
    private final List<@Nullable HeldBlocks> slots = new ArrayList<>();
    private long holds;
    private int stamp; // counts writes, 31 bits

    private int victim = -1; // the slot whose oldest block is the oldest of all …
    private int victimUntilStamp; // … as long as its stamp is not after this one

    /**
     * Creates an empty index.
     *
     * @param maxBlocks what each endpoint may hold, ≥ 1
     * @param maxBytes what all may take, {@link #BYTES_PER_HOLD} to 3 GiB
     */
    public PrefixIndex(int maxBlocks, long maxBytes) {
        limit(maxBlocks, maxBytes);
    }

    /**
     * Changes the limits: of endpoints that join from now on, and of all together with the next write.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public void limit(int maxBlocks, long maxBytes) {
        if (maxBlocks < 1) {
            throw new IllegalArgumentException("maxBlocks: " + maxBlocks + " (expected: >= 1)");
        }
        if (maxBytes < BYTES_PER_HOLD || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "maxBytes: " + maxBytes + " (expected: " + BYTES_PER_HOLD + " to " + MOST_BYTES + ")");
        }
        this.maxBlocks = maxBlocks;
        this.maxBytes = maxBytes;
    }

    /** Returns a slot for an endpoint that holds nothing so far and may hold the default number of blocks. */
    public int join() {
        return join(maxBlocks);
    }

    /** Returns a slot for an endpoint that may hold {@code capacityBlocks} ≥ 1 blocks, the size of its cache if known. */
    public int join(int capacityBlocks) {
        HeldBlocks held = new HeldBlocks(Math.max(1, capacityBlocks));
        int slot = slots.indexOf(null);
        if (slot >= 0) {
            slots.set(slot, held);
            return slot;
        }
        slots.add(held);
        return slots.size() - 1;
    }

    /** Changes what an endpoint may hold; what it was believed to hold beyond that is forgotten. */
    public void resize(int slot, int capacityBlocks) {
        HeldBlocks held = held(slot);
        held.resizeTo(Math.max(1, capacityBlocks));
        while (held.size() > held.maxBlocks()) {
            drop(slot, held, held.oldest());
        }
    }

    /** Forgets an endpoint and gives its slot back. */
    public void leave(int slot) {
        clear(slot);
        slots.set(slot, null);
    }

    /** Forgets all that an endpoint holds, as after its restart. */
    public void clear(int slot) {
        HeldBlocks held = held(slot);
        while (held.size() > 0) {
            drop(slot, held, held.oldest());
        }
    }

    /** Fills {@code matches} with what each endpoint holds of {@code prompt}. Nothing is allocated or changed. */
    public void match(Prompt prompt, PrefixMatches matches) {
        long[] live = matches.reset(slots.size());
        int[] batch = matches.batch();
        int words = 0;
        int set = HolderSets.EMPTY;
        int k = 0;
        for (; k < prompt.blocks(); k++) {
            if (k % BlockTable.BATCH == 0) {
                table.get(prompt, k, batch);
            }
            int holders = batch[k % BlockTable.BATCH];
            if (holders == HolderSets.EMPTY) {
                break;
            }
            if (holders == set) {
                continue;
            }
            long[] bits = sets.words(holders);
            if (k == 0) {
                words = bits.length;
                System.arraycopy(bits, 0, live, 0, words);
            } else if (!intersect(live, words, bits, k, matches)) {
                return;
            }
            set = holders;
        }
        for (int word = 0; word < words; word++) {
            matches.ended(word, live[word], k);
        }
    }

    /** Notes that {@code prompt} was assigned to an endpoint, so that the next like it can follow at once. */
    public void write(int slot, Prompt prompt) {
        use(slot, prompt, false);
    }

    /** Notes that an endpoint has computed {@code prompt}: its first token has come. */
    public void confirm(int slot, Prompt prompt) {
        use(slot, prompt, true);
    }

    /** Takes back what {@link #write} noted, as far as no answer has confirmed it. */
    public void withdraw(int slot, Prompt prompt) {
        HeldBlocks held = held(slot);
        for (int k = prompt.blocks() - 1; k >= 0; k--) {
            long block = prompt.block(k);
            if (held.contains(block) && !held.isConfirmed(block)) {
                drop(slot, held, block);
            }
        }
    }

    /** Notes that an endpoint says it has dropped {@code block}. */
    public void remove(int slot, long block) {
        HeldBlocks held = held(slot);
        if (held.contains(block)) {
            drop(slot, held, block);
        }
    }

    /** Returns whether the endpoint in {@code slot} is believed to hold {@code block}. */
    public boolean holds(int slot, long block) {
        return held(slot).contains(block);
    }

    /** Returns how many blocks the endpoint in {@code slot} is believed to hold. */
    public int blocks(int slot) {
        return held(slot).size();
    }

    /** Returns how many blocks all endpoints hold, each counted once for each of its holders. */
    public long holds() {
        return holds;
    }

    /** Returns the bytes that are counted against {@code maxBytes}. */
    public long bytes() {
        return holds * BYTES_PER_HOLD + sets.bytes();
    }

    /** Ends the runs of endpoints that are not in {@code bits}; returns whether any goes on. */
    private static boolean intersect(long[] live, int words, long[] bits, int blocks, PrefixMatches matches) {
        long any = 0;
        for (int word = 0; word < words; word++) {
            long kept = word < bits.length ? live[word] & bits[word] : 0;
            if (kept != live[word]) {
                matches.ended(word, live[word] & ~kept, blocks);
                live[word] = kept;
            }
            any |= kept;
        }
        return any != 0;
    }

    private void use(int slot, Prompt prompt, boolean confirmed) {
        HeldBlocks held = held(slot);
        stamp = (stamp + 1) & Integer.MAX_VALUE;
        for (int k = Math.min(prompt.blocks(), held.maxBlocks()) - 1; k >= 0; k--) {
            long block = prompt.block(k);
            if (held.touch(block, stamp, confirmed)) {
                continue;
            }
            if (held.isFull()) {
                drop(slot, held, held.oldest());
            }
            held.add(block, stamp, confirmed);
            holds++;
            table.put(block, sets.add(table.get(block), slot));
            while (bytes() > maxBytes && holds > 1) {
                dropOldestOfAll();
            }
        }
    }

    private void drop(int slot, HeldBlocks held, long block) {
        held.remove(block);
        holds--;
        table.put(block, sets.remove(table.get(block), slot));
    }

    /**
     * An endpoint's oldest stamp never goes back, so the one that was the oldest of all stays that until its stamp passes
     * the second oldest: most drops need no search.
     */
    private void dropOldestOfAll() {
        HeldBlocks held = victim >= 0 && victim < slots.size() ? slots.get(victim) : null;
        if (held == null || held.size() == 0 || isAfter(held.oldestStamp(), victimUntilStamp)) {
            held = findVictim();
        }
        drop(victim, held, held.oldest());
    }

    private HeldBlocks findVictim() {
        HeldBlocks oldest = oldestBut(-1);
        if (oldest == null) {
            throw new IllegalStateException("holds: " + holds + " (expected: 0, as no endpoint holds a block)");
        }
        victim = slots.indexOf(oldest);
        HeldBlocks second = oldestBut(victim);
        victimUntilStamp = second == null ? oldest.oldestStamp() : second.oldestStamp();
        return oldest;
    }

    private @Nullable HeldBlocks oldestBut(int excluded) {
        HeldBlocks oldest = null;
        for (int slot = 0; slot < slots.size(); slot++) {
            HeldBlocks held = slots.get(slot);
            if (slot != excluded
                    && held != null
                    && held.size() > 0
                    && (oldest == null || isAfter(oldest.oldestStamp(), held.oldestStamp()))) {
                oldest = held;
            }
        }
        return oldest;
    }

    private static boolean isAfter(int stamp, int other) {
        return stamp - other > 0;
    }

    private HeldBlocks held(int slot) {
        HeldBlocks held = slot >= 0 && slot < slots.size() ? slots.get(slot) : null;
        if (held == null) {
            throw new IllegalArgumentException("slot: " + slot + " (expected: one that has joined)");
        }
        return held;
    }

    /** Returns what is wrong with it, empty if nothing is: for tests. */
    String inconsistency(List<Long> blocks) {
        long counted = 0;
        long distinct = 0;
        for (long block : blocks) {
            int set = table.get(block);
            distinct += set == HolderSets.EMPTY ? 0 : 1;
            for (int slot = 0; slot < slots.size(); slot++) {
                HeldBlocks held = slots.get(slot);
                boolean holds = held != null && held.contains(block);
                if (holds != sets.contains(set, slot)) {
                    return "block " + block + " of slot " + slot + ": held " + holds;
                }
                counted += holds ? 1 : 0;
            }
        }
        if (counted != holds || distinct != table.size()) {
            return counted + " holds of " + distinct + " blocks (counted: " + holds + " of " + table.size() + ")";
        }
        return sets.size() > table.size() ? sets.size() + " sets" : "";
    }
}
