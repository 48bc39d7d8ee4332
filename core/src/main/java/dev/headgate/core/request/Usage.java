package dev.headgate.core.request;

/**
 * Tokens that a request consumed.
 *
 * @param promptTokens tokens read, ≥ 0
 * @param completionTokens tokens generated, ≥ 0
 * @param cachedTokens those of the tokens read that were cached, ≥ 0; −1 = it was not said
 */
public record Usage(long promptTokens, long completionTokens, long cachedTokens) {
    /** No tokens, or none that are known. */
    public static final Usage NONE = new Usage(0, 0);

    /** Creates a usage that does not say what was cached. */
    public Usage(long promptTokens, long completionTokens) {
        this(promptTokens, completionTokens, -1);
    }

    /** Returns the sum of tokens read and generated. */
    public long totalTokens() {
        return promptTokens + completionTokens;
    }

    /** Returns which share of the tokens read was cached, 0–1; −1 = it was not said. */
    public double cachedShare() {
        return cachedTokens < 0 || promptTokens <= 0 ? -1 : Math.min(1, (double) cachedTokens / promptTokens);
    }
}
