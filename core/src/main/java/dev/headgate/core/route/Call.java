package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Wakeups.Wakeup;
import org.jspecify.annotations.Nullable;

/**
 * One request through its attempts. The edge extends it with what it needs to answer.
 *
 * <p>The callbacks come from the router, in its context, and must not block. {@link #ended} comes exactly once for a call
 * that was not refused by {@link Router#route}.
 */
public abstract class Call {
    private final InferenceRequest request;
    int attempts;
    boolean hasEnded;

    @Nullable
    Ticket ticket;

    @Nullable
    Lease lease;

    @Nullable
    Wakeup deadline;

    /** Creates a call that has not been routed. */
    protected Call(InferenceRequest request) {
        this.request = request;
    }

    /** Returns what is asked. */
    public final InferenceRequest request() {
        return request;
    }

    /** Returns the attempts begun so far. */
    public final int attempts() {
        return attempts;
    }

    /** A waiting call, or one whose attempt was lost, may be sent. */
    protected abstract void granted(Lease lease);

    /** The call is over. */
    protected abstract void ended(Outcome outcome);
}
