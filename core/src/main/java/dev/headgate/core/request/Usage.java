package dev.headgate.core.request;

/**
 * Tokens that a request consumed.
 *
 * @param promptTokens tokens read, ≥ 0
 * @param completionTokens tokens generated, ≥ 0
 */
public record Usage(long promptTokens, long completionTokens) {
    /** No tokens, or none that are known. */
    public static final Usage NONE = new Usage(0, 0);

    /** Returns the sum of both. */
    public long totalTokens() {
        return promptTokens + completionTokens;
    }
}
