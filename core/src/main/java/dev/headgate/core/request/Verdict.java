package dev.headgate.core.request;

import org.jspecify.annotations.Nullable;

/**
 * What one answer, or one error event of a stream, means.
 *
 * @param answer what becomes of the request
 * @param status the status it is judged as: its own, or that of the error event
 * @param cools what the backend cools for; null if it does not
 * @param hintMillis how long the backend asked to be left alone, ≥ 0; {@link #NO_HINT} if it did not say
 * @param hintSource the row of gateway.md §5 that gave the hint, as {@code retry-after}; empty without one
 * @param countsAsError whether outlier detection counts it
 */
public record Verdict(
        AnswerClass answer,
        int status,
        @Nullable CoolingCause cools,
        long hintMillis,
        String hintSource,
        boolean countsAsError) {
    /** The backend did not say how long it wants to be left alone. */
    public static final long NO_HINT = -1;

    private static final Verdict OK = new Verdict(AnswerClass.SUCCESS, 200, null, NO_HINT, "", false);

    /** Returns that all is well. */
    public static Verdict success(int status) {
        return status == 200 ? OK : new Verdict(AnswerClass.SUCCESS, status, null, NO_HINT, "", false);
    }
}
