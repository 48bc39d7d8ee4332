package dev.headgate.core.guard;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a request will cost in tokens, before it is sent (gateway.md §11): body bytes ÷ 4 × f, and what it may generate.
 * The factor f starts at 1 and follows what upstreams report.
 *
 * <p>Thread-safe and lock-free. One per upstream model, as tokenizers differ.
 */
public final class TokenEstimate {
    /** More than any request costs, and little enough that costs can be added up without a look at overflow. */
    private static final long MOST_TOKENS = 1_000_000_000_000L;

    private static final double BYTES_PER_TOKEN = 4;
    private static final double WEIGHT = 0.1;
    private static final double LEAST = 0.25;
    private static final double MOST = 4;

    private final AtomicLong factorBits = new AtomicLong(Double.doubleToRawLongBits(1));

    /** Returns the estimated cost, ≥ 0. */
    public long tokens(long bodyBytes, long outputTokens) {
        long prompt = (long) Math.ceil(bodyBytes / BYTES_PER_TOKEN * factor());
        return Math.min(MOST_TOKENS, Math.min(MOST_TOKENS, prompt) + Math.min(MOST_TOKENS, outputTokens));
    }

    /** Learns from the prompt tokens that an upstream reported; without effect if either number is not above zero. */
    public void reported(long bodyBytes, long promptTokens) {
        if (bodyBytes <= 0 || promptTokens <= 0) {
            return;
        }
        double sample = promptTokens * BYTES_PER_TOKEN / bodyBytes;
        long bits = factorBits.get();
        while (true) {
            double factor = Double.longBitsToDouble(bits);
            double next = Math.min(MOST, Math.max(LEAST, factor + WEIGHT * (sample - factor)));
            long witness = factorBits.compareAndExchange(bits, Double.doubleToRawLongBits(next));
            if (witness == bits) {
                return;
            }
            bits = witness;
        }
    }

    /** Returns f, 0.25–4. */
    public double factor() {
        return Double.longBitsToDouble(factorBits.get());
    }
}
