package dev.headgate.core.signal;

import dev.headgate.core.request.Prompt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Hashes a prompt block by block as it streams by: 256 UTF-8 bytes of the canonical prompt to a block, or 64 token ids if
 * they are known. Give it one kind only.
 *
 * <p>Each block's 64-bit hash is chained: it depends on the root (model, adapter, salt) and on all blocks before it. Within
 * a block four sums that do not depend on one another each take every fourth word, so that a processor works on four
 * multiplications at once; they are folded into the hash of the block before. This is a hash against chance. Whoever can
 * build collisions on purpose only misdirects requests, since an engine compares tokens itself; a salt in the root keeps
 * tenants from doing that to one another.
 *
 * <p>At most {@link #MAX_TOKENS} tokens are hashed; the rest only counts. Reused by {@link #start}, and then nothing is
 * allocated until {@link #prompt}. Not thread-safe.
 */
public final class PromptHasher {
    /** Tokens in a block. */
    public static final int BLOCK_TOKENS = 64;

    /** Bytes in a block; a token of text has four on average, one of ids has exactly that. */
    public static final int BLOCK_BYTES = 256;

    /** How much of a prompt is hashed: no engine has a longer window, and 2,048 blocks bound the work. */
    public static final int MAX_TOKENS = 131_072;

    private static final int BYTES_PER_TOKEN = BLOCK_BYTES / BLOCK_TOKENS;
    private static final int MAX_BLOCKS = MAX_TOKENS / BLOCK_TOKENS;

    /** Odd, with about as many ones as zeros and no pattern: digits of the golden ratio and of the square roots of 3, 5, 7. */
    private static final long M1 = 0x9E3779B97F4A7C15L;

    private static final long M2 = 0xBB67AE8584CAA73BL;
    private static final long M3 = 0x3C6EF372FE94F82BL;
    private static final long M4 = 0xA54FF53A5F1D36F1L;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle IDS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] partial = new byte[BLOCK_BYTES];
    private int partialBytes;
    private long[] blocks = new long[32];
    private int count;
    private long chain;
    private long bytes;

    /**
     * Forgets the last prompt and starts one whose blocks mean something only together with {@code root}: the model, the
     * adapter, the cache salt or the tenant if its cache is its own.
     */
    public PromptHasher start(String... root) {
        partialBytes = 0;
        count = 0;
        bytes = 0;
        chain = M1;
        for (String part : root) {
            chain = mixed(chain ^ (part.length() * M2));
            for (int i = 0; i < part.length(); i++) {
                chain = mixed(chain ^ part.charAt(i));
            }
        }
        return this;
    }

    /** Takes the next bytes of the canonical prompt, {@code from} up to {@code to}. */
    public void update(byte[] text, int from, int to) {
        bytes += to - from;
        int at = from;
        if (partialBytes > 0) {
            int taken = Math.min(BLOCK_BYTES - partialBytes, to - at);
            System.arraycopy(text, at, partial, partialBytes, taken);
            partialBytes += taken;
            at += taken;
            if (partialBytes < BLOCK_BYTES) {
                return;
            }
            block(partial, 0);
            partialBytes = 0;
        }
        for (; to - at >= BLOCK_BYTES && count < MAX_BLOCKS; at += BLOCK_BYTES) {
            block(text, at);
        }
        if (count < MAX_BLOCKS) {
            System.arraycopy(text, at, partial, 0, to - at);
            partialBytes = to - at;
        }
    }

    /** Takes the next token of the prompt. */
    public void token(int id) {
        bytes += BYTES_PER_TOKEN;
        if (count == MAX_BLOCKS) {
            return;
        }
        IDS.set(partial, partialBytes, id);
        partialBytes += BYTES_PER_TOKEN;
        if (partialBytes == BLOCK_BYTES) {
            block(partial, 0);
            partialBytes = 0;
        }
    }

    /** Returns the tokens so far: exact if they were given, else one for four bytes, rounded up. */
    public int tokens() {
        return (int) Math.min(Integer.MAX_VALUE, (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
    }

    /** Returns what was hashed so far. */
    public Prompt prompt() {
        return new Prompt(tokens(), BLOCK_TOKENS, Arrays.copyOf(blocks, count));
    }

    /** Returns where it stopped. */
    PromptTail tail() {
        return new PromptTail(prompt(), chain, Arrays.copyOf(partial, partialBytes));
    }

    /** Goes on behind {@code prompt}, whose last full block has the hash {@code hash}, or whose root has. */
    void goOn(long hash, byte[] rest, Prompt prompt) {
        chain = hash;
        System.arraycopy(rest, 0, partial, 0, rest.length);
        partialBytes = rest.length;
        count = prompt.blocks();
        blocks = new long[count + 32];
        for (int i = 0; i < count; i++) {
            blocks[i] = prompt.block(i);
        }
        bytes = (long) prompt.tokens() * BYTES_PER_TOKEN;
    }

    private void block(byte[] source, int at) {
        long a = chain;
        long b = M2;
        long c = M3;
        long d = M4;
        for (int offset = at; offset < at + BLOCK_BYTES; offset += 32) {
            a = Long.rotateLeft(a ^ (long) WORDS.get(source, offset) * M1, 29) * M2;
            b = Long.rotateLeft(b ^ (long) WORDS.get(source, offset + 8) * M2, 29) * M3;
            c = Long.rotateLeft(c ^ (long) WORDS.get(source, offset + 16) * M3, 29) * M4;
            d = Long.rotateLeft(d ^ (long) WORDS.get(source, offset + 24) * M4, 29) * M1;
        }
        chain = mixed(mixed(a + Long.rotateLeft(b, 17)) ^ mixed(c - Long.rotateLeft(d, 41)) * M3);
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * count);
        }
        blocks[count++] = chain;
    }

    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 32)) * M1;
        mixed = (mixed ^ (mixed >>> 29)) * M4;
        return mixed ^ (mixed >>> 32);
    }
}
