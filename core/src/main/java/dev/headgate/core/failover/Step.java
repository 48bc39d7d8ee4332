package dev.headgate.core.failover;

import dev.headgate.core.request.Failure;

/**
 * What the edge does next for a {@link FailoverCall}. After {@link Return}, {@link ReturnLast} and {@link Refuse} the
 * call is decided: the edge cancels whatever else of it is in flight.
 */
public sealed interface Step {
    /**
     * Send the request.
     *
     * @param attempt where to, and whom to tell how it went
     * @param hedgeAfterNanos call {@link FailoverCall#hedge} if nothing has committed by then; 0 = never
     */
    record Send(Attempt attempt, long hedgeAfterNanos) implements Step {}

    /**
     * Send the same attempt again, to the same backend: after a 401 with a token fetched anew, or after a refused
     * continuation in the next mode of recovery. Its answer so far is dropped.
     *
     * @param attempt the attempt, which goes on
     */
    record Resend(Attempt attempt) implements Step {}

    /**
     * Call {@link FailoverCall#resume} at this time.
     *
     * @param untilNanos on the router's ticker
     */
    record Wait(long untilNanos) implements Step {}

    /** Do nothing: another attempt of the call is in flight, or it is queued and {@link FailoverCall.Caller} hears. */
    record Pending() implements Step {
        /** There is one. */
        public static final Pending PENDING = new Pending();
    }

    /**
     * Hand over this attempt's answer as it is, with its body to the end; then tell the attempt how that ended.
     *
     * @param attempt whose answer; it is the one that was rejected just now
     * @param advice headers of gateway.md §7 that go with it
     */
    record Return(Attempt attempt, Advice advice) implements Step {}

    /**
     * Hand over the answer of an earlier attempt, which the edge has kept: the last one that was rejected.
     *
     * @param attempt whose answer; it has ended
     * @param advice headers of gateway.md §7 that go with it
     */
    record ReturnLast(Attempt attempt, Advice advice) implements Step {}

    /**
     * Answer with our own error; in a stream that has begun, in-band.
     *
     * @param failure what to say; its {@code retryAfter} repeats {@link Advice#waitMillis}
     * @param advice headers of gateway.md §7 that go with it
     */
    record Refuse(Failure failure, Advice advice) implements Step {}

    /**
     * What an answer says about trying again.
     *
     * @param waitMillis the wait to tell, jitter and ceiling applied: {@code retry-after-ms}, and rounded up to whole
     *     seconds {@code retry-after}, both in place of the upstream's; 0 = tell nothing of our own
     * @param shouldNotRetry whether {@code x-should-retry: false} is told; the upstream's own is dropped on 429 and 503
     * @param isOverload whether the breaker refused it: {@code x-envoy-overloaded: true} and its body
     * @param reason {@code x-headgate-reason}; empty = none
     */
    record Advice(long waitMillis, boolean shouldNotRetry, boolean isOverload, String reason) {
        /** Says nothing. */
        public static final Advice NONE = new Advice(0, false, false, "");
    }
}
