package dev.headgate.lab.live;

import dev.headgate.lab.trace.Trace;

/**
 * Prompts of a trace as text: four ASCII characters to a token, and equal blocks exactly where the trace has equal blocks.
 *
 * <p>A gateway that counts four bytes to a token and hashes the text block by block then sees the lengths and the shared
 * beginnings that the simulated router sees. Each engine block names itself by its number in the trace, which stands for all
 * that comes before it.
 */
final class PromptText {
    /** The role of the one message, which a gateway counts to the prompt: its first token. */
    static final String ROLE = "user";

    /** A block must have room for its number. */
    static final int LEAST_BLOCK_TOKENS = 8;

    private static final int CHARS_PER_TOKEN = 4;
    private static final String FILLER = " every block of a prompt is told from others by its number";

    private PromptText() {}

    /** Returns what follows the role in the prompt of request {@code r}, in blocks of {@code blockTokens} ≥ 8. */
    static String content(Trace trace, int r, int blockTokens) {
        int chars = trace.input(r) * CHARS_PER_TOKEN;
        int perUnit = trace.unitTokens() / blockTokens;
        StringBuilder text = new StringBuilder(chars + blockTokens * CHARS_PER_TOKEN);
        for (int k = 0; text.length() < chars; k++) {
            long number = (long) trace.unit(r, k / perUnit) * perUnit + k % perUnit;
            int end = text.length() + blockTokens * CHARS_PER_TOKEN;
            text.append(ROLE).append(' ');
            String digits = Long.toHexString(number);
            text.append("0".repeat(Long.BYTES * 2 - digits.length())).append(digits);
            while (text.length() < end) {
                text.append(FILLER, 0, Math.min(FILLER.length(), end - text.length()));
            }
        }
        return text.substring(ROLE.length(), chars);
    }
}
