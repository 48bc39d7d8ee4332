package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The right to one attempt of a call on one endpoint: pick and feedback in one object.
 *
 * <p>Thread-safe. It is completed exactly once; whoever comes later is told so and changes nothing.
 */
public abstract class Lease {
    private static final AtomicIntegerFieldUpdater<Lease> COMPLETED =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "completed");

    private final Call call;
    private volatile int completed;

    Lease(Call call) {
        this.call = call;
    }

    /** Returns the call. */
    public final Call call() {
        return call;
    }

    /** Returns where the attempt goes. */
    public abstract EndpointId endpoint();

    /** Says how the attempt came out; returns false, without effect, if that was said before. */
    public final boolean complete(Outcome outcome) {
        if (!COMPLETED.compareAndSet(this, 0, 1)) {
            return false;
        }
        settle(outcome);
        return true;
    }

    /** Returns whether it was completed. */
    public final boolean isCompleted() {
        return completed != 0;
    }

    /** Feeds the outcome back; called once. */
    abstract void settle(Outcome outcome);
}
