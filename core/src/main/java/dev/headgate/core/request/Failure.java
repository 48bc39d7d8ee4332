package dev.headgate.core.request;

import java.time.Duration;

/**
 * One failure: its kind, a sentence for the caller, and when a retry makes sense.
 *
 * @param kind the row of the taxonomy
 * @param message one clear sentence that names the value and the expectation; never a credential
 * @param retryAfter how long to wait before another try; zero if the kind is not retryable or nothing is known
 */
public record Failure(FailureKind kind, String message, Duration retryAfter) {
    /** Returns a failure without a retry hint. */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, message, Duration.ZERO);
    }

    /** Returns a failure that asks to come back after {@code retryAfter}. */
    public static Failure retryAfter(FailureKind kind, String message, Duration retryAfter) {
        return new Failure(kind, message, retryAfter);
    }
}
