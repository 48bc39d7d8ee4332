package dev.headgate.core.request;

/**
 * How long a backend asks to be left alone.
 *
 * @param millis ≥ 0; {@link Verdict#NO_HINT} if it did not say
 * @param source what said so: a header's name or {@code message}; empty without a hint
 */
public record RetryHint(long millis, String source) {
    /** Nothing was said. */
    public static final RetryHint NONE = new RetryHint(Verdict.NO_HINT, "");
}
