package dev.headgate.core.route;

/** Which share of what is asked some endpoint holds already: of a prompt asked n requests ago, half counts after 200. */
final class PromptReuse {
    private static final double KEPT = Math.pow(0.5, 1.0 / 200);

    private double tokens;
    private double held;

    /** A prompt of so many tokens was sent; {@code cachedTokens} is what each endpoint held of it. */
    void asked(int promptTokens, int[] cachedTokens) {
        int most = 0;
        for (int cached : cachedTokens) {
            most = Math.max(most, cached);
        }
        tokens = KEPT * tokens + promptTokens;
        held = KEPT * held + Math.min(promptTokens, most);
    }

    /** Returns the share, in [0, 1]; 0 before the first prompt. */
    double share() {
        return tokens == 0 ? 0 : held / tokens;
    }
}
