package dev.headgate.core.request;

import java.time.Duration;

/** How one attempt, and in the end one request, came out. */
public sealed interface Outcome {
    /** The attempt gave a whole answer. */
    Completed COMPLETED = new Completed(Usage.NONE, 0);

    /** The caller went away before an answer. */
    Cancelled CANCELLED = new Cancelled();

    /**
     * A whole answer.
     *
     * @param usage tokens, {@link Usage#NONE} if unknown
     * @param runNanos how long the endpoint worked on it, 0 if unknown
     */
    record Completed(Usage usage, long runNanos) implements Outcome {}

    /**
     * The endpoint refused for load.
     *
     * @param retryAfter its own hint, zero if it gave none
     */
    record Throttled(Duration retryAfter) implements Outcome {}

    /**
     * The attempt failed.
     *
     * @param failure why
     */
    record Failed(Failure failure) implements Outcome {}

    /** The caller went away. */
    record Cancelled() implements Outcome {}
}
