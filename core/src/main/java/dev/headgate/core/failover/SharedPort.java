package dev.headgate.core.failover;

import dev.headgate.core.guard.QuotaReport;
import dev.headgate.core.guard.RateLimits;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.request.CoolingCause;

/**
 * What a router tells and asks the other processes that serve the same pools (gateway.md §12). Called on the request path
 * by any thread: quick, waits for nobody, throws nothing. What others say comes in by {@link SharedNews}.
 */
public interface SharedPort {
    /** Nobody else is there. */
    SharedPort NONE = new SharedPort() {};

    /** {@code part} is to be left alone for {@code waitNanos} > 0 from now. */
    default void cooled(BackendPart part, CoolingCause cause, long waitNanos) {}

    /** Returns whether {@link #left} is of any use, as a report costs an allocation for each answer. */
    default boolean takesReports() {
        return false;
    }

    /** An answer of {@code part} said what is left of its limits. */
    default void left(BackendPart part, QuotaReport report) {}

    /** Returns the limits per minute of {@code part}, with full room. */
    default RateLimits limits(BackendPart part, BackendLimits limits, long nowNanos) {
        return RateLimits.of(limits, nowNanos);
    }

    /**
     * Returns whether this process may try the half-open {@code backend}, given as a whole. Where it does not know, it asks
     * the others in the background and says no.
     */
    default boolean mayProbe(BackendPart backend) {
        return true;
    }

    /** A request of this process tries the half-open {@code backend}. */
    default void probeBegan(BackendPart backend) {}

    /** That request ended; for each {@link #probeBegan} once. */
    default void probeEnded(BackendPart backend) {}
}
