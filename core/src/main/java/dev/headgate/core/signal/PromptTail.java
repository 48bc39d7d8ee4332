package dev.headgate.core.signal;

import dev.headgate.core.request.Prompt;

/**
 * Where the hashing of a prompt stopped, so that the answer to it can be hashed behind it: the next turn of a conversation
 * repeats both. Immutable.
 */
public final class PromptTail {
    private final Prompt prompt;
    private final long chain;
    private final byte[] partial; // what is left of the prompt behind its last full block

    PromptTail(Prompt prompt, long chain, byte[] partial) {
        this.prompt = prompt;
        this.chain = chain;
        this.partial = partial;
    }

    /** Returns the prompt. */
    public Prompt prompt() {
        return prompt;
    }

    /**
     * Returns the prompt with {@code said} behind it: pieces of the canonical prompt, as of the message that the answer will
     * be in the next turn.
     */
    public Prompt with(byte[]... said) {
        PromptHasher hasher = new PromptHasher();
        hasher.goOn(chain, partial, prompt);
        for (byte[] piece : said) {
            hasher.update(piece, 0, piece.length);
        }
        return hasher.prompt();
    }
}
