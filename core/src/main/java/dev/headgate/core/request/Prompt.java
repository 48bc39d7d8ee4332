package dev.headgate.core.request;

import java.util.Arrays;

/**
 * The part of a request that an engine reads before it answers, as far as routing looks at it: how long it is and what of it
 * others may have sent before. Immutable.
 *
 * <p>Block {@code k} covers tokens {@code k·blockTokens} up to {@code (k+1)·blockTokens}; its hash is chained over all that
 * comes before, so that equal hashes mean equal beginnings. Only full blocks have one.
 */
public final class Prompt {
    /** Nothing is known. */
    public static final Prompt NONE = new Prompt(0, 1, new long[0]);

    private final int tokens;
    private final int blockTokens;
    private final long[] blocks;

    /**
     * Creates a prompt; {@code blocks} is copied.
     *
     * @throws IllegalArgumentException if {@code tokens} is negative or {@code blockTokens} is not positive
     */
    public Prompt(int tokens, int blockTokens, long[] blocks) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens: " + tokens + " (expected: >= 0)");
        }
        if (blockTokens < 1) {
            throw new IllegalArgumentException("blockTokens: " + blockTokens + " (expected: >= 1)");
        }
        this.tokens = tokens;
        this.blockTokens = blockTokens;
        this.blocks = blocks.clone();
    }

    /** Returns its length in tokens, estimated or counted; 0 = unknown or empty. */
    public int tokens() {
        return tokens;
    }

    /** Returns the tokens of a block, ≥ 1. */
    public int blockTokens() {
        return blockTokens;
    }

    /** Returns how many blocks have a hash. */
    public int blocks() {
        return blocks.length;
    }

    /** Returns the chained hash of block {@code index}. */
    public long block(int index) {
        return blocks[index];
    }

    /** Returns the tokens that may be cached if {@code matched} blocks are: the last token is always computed. */
    public int hit(int matched) {
        return (int) Math.max(0, Math.min((long) matched * blockTokens, tokens - 1L));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Prompt prompt
                && tokens == prompt.tokens
                && blockTokens == prompt.blockTokens
                && Arrays.equals(blocks, prompt.blocks);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * tokens + blockTokens) + Arrays.hashCode(blocks);
    }

    @Override
    public String toString() {
        return tokens + " tokens in " + blocks.length + " blocks of " + blockTokens;
    }
}
