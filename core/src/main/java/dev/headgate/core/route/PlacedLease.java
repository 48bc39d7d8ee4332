package dev.headgate.core.route;

import dev.headgate.core.place.Copy;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Wakeups.Wakeup;
import org.jspecify.annotations.Nullable;

/**
 * A worker's right to one attempt at a task.
 *
 * <p>It may be completed before the worker is done with it, by a cancel or a deadline; the run slot is free only when the
 * worker says so. Confined to the owner of the router but for {@link #isCompleted}.
 */
public final class PlacedLease extends Lease {
    private final PlacingRouter router;
    private final LeaseKey key;
    private final Copy copy;
    private final CallTicket ticket;
    private final long waitNanos;
    long startedNanos;
    private final boolean labelMiss;
    private final long loadNanos;
    /** The same attempt in the pool whose router chose; null without one. */
    final @Nullable Lease routed;

    boolean isAccepted;
    boolean isCancelling;

    @Nullable
    Wakeup overdue;

    PlacedLease(
            PlacingRouter router, LeaseKey key, Copy copy, CallTicket ticket, long nowNanos, @Nullable Lease routed) {
        super(ticket.call());
        this.router = router;
        this.key = key;
        this.copy = copy;
        this.ticket = ticket;
        this.routed = routed;
        this.startedNanos = nowNanos;
        this.labelMiss = copy.claimMiss();
        this.loadNanos = labelMiss ? copy.loadNanos() : 0;
        this.waitNanos = Math.max(0, nowNanos - ticket.arrivedNanos() - loadNanos);
    }

    @Override
    public EndpointId endpoint() {
        return copy.worker().id();
    }

    /** Returns what names it on the wire. */
    public LeaseKey key() {
        return key;
    }

    /** Returns the label that runs. */
    public String label() {
        return copy.model().label();
    }

    /** Returns whether the model was loaded for this task. */
    public boolean isLabelMiss() {
        return labelMiss;
    }

    /** Returns the time of that load, 0 without one. */
    public long loadNanos() {
        return loadNanos;
    }

    /** Returns why the model was loaded, in lower case; empty without a miss. */
    public String missCause() {
        return labelMiss ? copy.cause().label() : "";
    }

    /** Returns the time from arrival until the task was sent, less the load. */
    public long waitNanos() {
        return waitNanos;
    }

    /** The worker began it. */
    void accept() {
        isAccepted = true;
        if (routed != null) {
            routed.accepted(-1);
        }
    }

    Copy copy() {
        return copy;
    }

    WorkerState worker() {
        return copy.worker();
    }

    CallTicket ticket() {
        return ticket;
    }

    @Override
    void settle(Outcome outcome) {
        router.settled(this, outcome);
    }
}
