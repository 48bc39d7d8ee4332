package dev.headgate.core.failover;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a slot of a full pool (gateway.md §13). Whoever frees a slot and the call's own thread meet here;
 * all else of the call stays with its thread.
 */
final class SlotWait {
    private final FailoverCall call;
    private final FailoverCall.Caller caller;
    private final AtomicReference<Place> place = new AtomicReference<>(Place.NONE);
    private @Nullable PoolGuards guards;
    private long sinceNanos;

    SlotWait(FailoverCall call, FailoverCall.Caller caller) {
        this.call = call;
        this.caller = caller;
    }

    /**
     * Begins to wait, or, as the slot that it was given is gone, goes back to its place; returns false if there is no room
     * for it to do so or it has waited long enough.
     */
    boolean begin(PoolGuards pool, long nowNanos) {
        if (call.request.priority() < 0) {
            return false;
        }
        boolean isFirst = guards != pool;
        if (isFirst) {
            guards = pool;
            sinceNanos = nowNanos;
        }
        place.set(Place.WAITING);
        FailoverCall refused = pool.queue.offerAgain(call, call.request.priority(), sinceNanos, nowNanos);
        if (refused == call) {
            place.set(Place.NONE);
            return false;
        }
        if (refused != null) {
            refused.slotWait().end(Place.REFUSED);
        }
        if (isFirst && pool.breaker.counts().upstreamRqActive() == 0) {
            pool.advance(nowNanos); // all slots came free in the meantime, so that no release would wake it
        }
        return true;
    }

    /** The wait is over; from any thread. */
    void end(Place how) {
        if (place.compareAndSet(Place.WAITING, how)) {
            caller.proceed();
        }
    }

    /** Returns how the wait stands, and if it is over forgets that. */
    Place take() {
        Place current = place.get();
        if (current == Place.GRANTED || current == Place.REFUSED) {
            place.set(Place.NONE);
        }
        return current;
    }

    /** The call went away: a slot that it was given is for another. */
    void cancel(long nowNanos) {
        Place before = place.getAndSet(Place.NONE);
        if (guards != null && before != Place.NONE && !guards.queue.remove(call)) {
            guards.advance(nowNanos);
        }
    }

    /** Where a call stands with the queue. */
    enum Place {
        /** It does not wait. */
        NONE,
        /** It waits. */
        WAITING,
        /** It has waited, and may go on. */
        GRANTED,
        /** It has waited in vain. */
        REFUSED
    }
}
