package dev.headgate.lab.engine;

import dev.headgate.lab.trace.Trace;

/**
 * The key-value cache of one replica, in tokens: blocks in use, blocks kept for later, room promised to prompts that are not
 * computed yet, and the tokens of answers.
 *
 * <p>A prompt's blocks are numbered (unit × blocks per unit + place in the unit). Those that are computed are in the cache and
 * can be hit; a last block that is not full stays promised room.
 */
final class KvMemory {
    private final Trace trace;
    private final RequestStates states;
    private final EngineConstants.Conduct conduct;
    private final BlockCache cache;
    private final long capacityTokens;
    private final int blockTokens;
    private final int blocksPerUnit;
    private long promisedBlocks;
    private long answerTokens;
    private long version; // counts what may have made room or hits

    KvMemory(Trace trace, RequestStates states, EngineConstants.Limits limits, EngineConstants.Conduct conduct) {
        this.trace = trace;
        this.states = states;
        this.conduct = conduct;
        cache = new BlockCache(limits.blocks());
        capacityTokens = limits.kvTokens();
        blockTokens = limits.blockTokens();
        blocksPerUnit = trace.unitTokens() / blockTokens;
    }

    /** Returns the tokens of room that are taken and cannot be had back. */
    long usedTokens() {
        return (cache.referenced() + promisedBlocks) * blockTokens + answerTokens;
    }

    /** Returns the share of the cache that is taken. */
    double usage() {
        return (double) usedTokens() / capacityTokens;
    }

    long version() {
        return version;
    }

    /** Makes {@code tokens} fit by dropping what nobody uses; returns whether they do. */
    boolean makeRoom(long tokens) {
        if (usedTokens() + tokens > capacityTokens) {
            return false;
        }
        while (usedTokens() + tokens + (long) cache.cached() * blockTokens > capacityTokens) {
            cache.dropOldest();
        }
        return true;
    }

    /** Returns the leading blocks of {@code request} that are here. */
    int matched(int request) {
        int limit = conduct.partialBlocksHit() ? promptBlocks(request) : trace.input(request) / blockTokens;
        for (int k = 0; k < limit; k++) {
            if (cache.find(number(request, k)) < 0) {
                return k;
            }
        }
        return limit;
    }

    /** Takes the leading {@code matched} blocks and promises room for the rest, if {@code spare} more tokens fit as well. */
    boolean take(int request, int matched, long spare) {
        int unused = 0;
        for (int k = 0; k < matched; k++) {
            unused += cache.isUnused(cache.find(number(request, k))) ? 1 : 0;
        }
        int rest = promptBlocks(request) - matched;
        long needed = (long) (rest + unused) * blockTokens + states.generated[request] + spare;
        if (usedTokens() + needed > capacityTokens) {
            return false;
        }
        for (int k = 0; k < matched; k++) {
            cache.pin(cache.find(number(request, k)));
        }
        states.held[request] = matched;
        makeRoom((long) rest * blockTokens + states.generated[request] + spare);
        promisedBlocks += rest;
        answerTokens += states.generated[request];
        return true;
    }

    /** The first {@code tokens} of {@code request} are computed: their full blocks can be hit. */
    void computed(int request, int tokens) {
        int prompt = trace.input(request);
        int full = tokens >= prompt && conduct.partialBlocksHit()
                ? promptBlocks(request)
                : Math.min(tokens, prompt) / blockTokens;
        for (int k = states.held[request]; k < full; k++) {
            promisedBlocks--;
            cache.acquire(number(request, k));
        }
        if (full > states.held[request]) {
            states.held[request] = full;
            version++;
        }
    }

    /** Answers have grown by {@code tokens}. */
    void grow(long tokens) {
        answerTokens += tokens;
    }

    /** Gives back all that {@code request} has; its blocks stay until the room is needed, the last ones going first. */
    void release(int request) {
        answerTokens -= states.generated[request];
        promisedBlocks -= promptBlocks(request) - states.held[request];
        for (int k = states.held[request] - 1; k >= 0; k--) {
            cache.release(number(request, k));
        }
        states.held[request] = 0;
        version++;
    }

    /** Keeps the blocks that the complete answer of {@code request} fills, as far as the next turn names them. */
    void keepAnswer(int request) {
        int next = trace.following(request);
        if (!conduct.answersCached() || next == Trace.NONE) {
            return;
        }
        int prompt = trace.input(request);
        int wholeUnits = prompt / trace.unitTokens();
        if (trace.units(next) < wholeUnits
                || (wholeUnits > 0 && trace.unit(request, wholeUnits - 1) != trace.unit(next, wholeUnits - 1))) {
            return;
        }
        // The last token is never an input of a step.
        int known = Math.min(prompt + trace.output(request) - 1, trace.input(next));
        for (int k = known / blockTokens - 1; k >= wholeUnits * blocksPerUnit; k--) {
            if (makeRoom(blockTokens)) {
                cache.keep(number(next, k));
            }
        }
    }

    /** Forgets everything. */
    void clear() {
        cache.clear();
        promisedBlocks = 0;
        answerTokens = 0;
        version++;
    }

    /** Checks that referenced, kept and free blocks are all there are and nothing is negative; simulator.md §8. */
    void check() {
        long free = cache.countFree();
        boolean whole = cache.referenced() + cache.cached() + free == capacityTokens / blockTokens;
        if (!whole
                || promisedBlocks < 0
                || answerTokens < 0
                || usedTokens() + (long) cache.cached() * blockTokens > capacityTokens) {
            throw new IllegalStateException("blocks: " + cache.referenced() + " used, " + cache.cached() + " kept, "
                    + free + " free, " + promisedBlocks + " promised, " + answerTokens + " tokens of answers, of "
                    + capacityTokens + " tokens");
        }
    }

    /** Returns whether nobody holds anything. */
    boolean isIdle() {
        return usedTokens() == 0;
    }

    int promptBlocks(int request) {
        return (trace.input(request) + blockTokens - 1) / blockTokens;
    }

    private int number(int request, int k) {
        return trace.unit(request, k / blocksPerUnit) * blocksPerUnit + k % blocksPerUnit;
    }
}
