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
        if (!end()) {
            return false;
        }
        settle(outcome);
        return true;
    }

    /**
     * The endpoint takes the attempt, and has {@code ongoing} requests with it; −1 if it did not say. Without effect when
     * said again, or where attempts cannot be rejected.
     */
    public void accepted(int ongoing) {}

    /**
     * The endpoint has {@code ongoing} requests and does not take this one, which is chosen for again. Returns false,
     * without effect, if the attempt is over or this router's endpoints do not reject.
     */
    public boolean rejected(int ongoing) {
        return false;
    }

    /**
     * The endpoint is gone for good; before the first token, another is chosen. Returns false, without effect, if the
     * attempt is over or the router hears of it elsewhere.
     */
    public boolean died() {
        return false;
    }

    /** The endpoint did not answer and may again; otherwise as {@link #died}. */
    public boolean unavailable() {
        return false;
    }

    /** The first token of the answer has come. */
    public void firstToken() {}

    /** Marks it completed without an outcome for the call; returns false if it was before. */
    final boolean end() {
        return COMPLETED.compareAndSet(this, 0, 1);
    }

    /** Returns whether it was completed. */
    public final boolean isCompleted() {
        return completed != 0;
    }

    /** Feeds the outcome back; called once. */
    abstract void settle(Outcome outcome);
}
