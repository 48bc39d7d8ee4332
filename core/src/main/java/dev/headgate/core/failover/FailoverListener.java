package dev.headgate.core.failover;

import dev.headgate.core.request.CoolingCause;

/**
 * Hears what failover does, for logs and metrics. Called on the request path: quick, and throws nothing.
 */
public interface FailoverListener {
    /** Hears nothing. */
    FailoverListener NONE = new FailoverListener() {};

    /** An attempt began. */
    default void attemptBegan(Attempt attempt) {}

    /**
     * An attempt ended.
     *
     * @param outcome a bounded label: {@code success}, a status as {@code 429}, a failure as {@code connect_refused},
     *     {@code overflow} or {@code cancelled}
     * @param elapsedNanos since it began
     */
    default void attemptEnded(Attempt attempt, String outcome, long elapsedNanos) {}

    /** The first token of an attempt came. */
    default void firstToken(Attempt attempt, long elapsedNanos) {}

    /** An attempt failed and the call goes on to {@code next}. */
    default void failover(Attempt failed, Attempt next, String cause) {}

    /**
     * A backend, or a model of it, is out of use from now on or for longer than before.
     *
     * @param upstreamModel the model; empty = the whole backend
     * @param status of the answer; 0 = there was none
     * @param waitMillis from now
     * @param source what asked for that long: a row of gateway.md §5 as {@code retry-after}, or {@code default}
     */
    default void cooling(
            String pool,
            String backend,
            String upstreamModel,
            CoolingCause cause,
            int status,
            long waitMillis,
            String source) {}

    /** A backend, or a model of it, is in use again; {@code upstreamModel} is empty for the whole backend. */
    default void available(String pool, String backend, String upstreamModel) {}

    /** Outlier detection took a backend out of use. */
    default void ejected(String pool, String backend, long waitMillis) {}

    /** A call found no backend that may be called. */
    default void noBackendAvailable(String model, long soonestMillis) {}

    /** A nearly spent backend lost to another. */
    default void spilledEarly(String pool, String model) {}

    /** The retry budget refused another attempt. */
    default void retryBudgetSpent(String pool) {}

    /** A second attempt runs beside the first. */
    default void hedged(Attempt hedge) {}

    /** One of two attempts in flight committed. */
    default void hedgeDecided(String pool, boolean hedgeWon) {}

    /** A stream that broke is taken up again. */
    default void recovering(Attempt broken, Attempt next) {}

    /** The router of a pool failed, and its fallback chose. Called under the pool's lock, as are the next two. */
    default void routerFailed(String pool, String router, RouterFault fault) {}

    /** The router of a pool fails so often that its fallback chooses until there is another. */
    default void routerQuarantined(String pool, String router, int generation) {}

    /** A pool has another router. */
    default void routerSwapped(String pool, String router, int generation) {}
}
