package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.pick.RoutingContext;
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
public abstract class Call implements PendingRequest {
    private final InferenceRequest request;
    private boolean createdIsSet;
    private long createdAtNanos;
    private @Nullable RoutingContext context;
    private @Nullable RequestMetadata metadata;
    int attempts;
    int attempt = 1; // the one that is chosen for, or that runs
    boolean wantsExplanation;
    long sentNanos; // the attempt that runs
    long firstTokenNanos; // likewise; 0 = not come
    long pendingBefore; // the tokens that its prompt stands behind
    double prefillSeconds; // what its prompt is expected to take where it was sent
    long explanationId;
    boolean isReserving; // its lease is dispatched later
    boolean hasEnded;
    boolean endWasTold;
    long sequence;

    @Nullable
    Ticket ticket;

    @Nullable
    Lease lease;

    @Nullable
    Wakeup deadline;

    @Nullable
    Pass pass; // while it waits in a pool

    FlowGate.@Nullable Ticket flow; // its wait for a saturated pool

    @Nullable
    Outcome outcome; // from its end on

    /** Creates a call that has not been routed. */
    protected Call(InferenceRequest request) {
        this.request = request;
    }

    @Override
    public final InferenceRequest request() {
        return request;
    }

    /** Returns the attempts begun so far. */
    public final int attempts() {
        return attempts;
    }

    /** Returns what is known besides; an edge that knows more than the request says overrides it. */
    @Override
    public RequestMetadata metadata() {
        RequestMetadata known = metadata;
        if (known == null) {
            known = RequestMetadata.of(request, sequence);
            metadata = known;
        }
        return known;
    }

    @Override
    public final long createdAtNanos() {
        return createdAtNanos;
    }

    /** Asks for an explanation of each choice for it, where a pool explains at all. */
    public final void explain() {
        wantsExplanation = true;
    }

    /** Returns the number of the explanation of its latest choice, 0 if that is not explained. */
    public final long explanationId() {
        return explanationId;
    }

    /** Says when it arrived, on the router's ticker; without it that is when it is routed. */
    public final void createdAt(long nanos) {
        createdIsSet = true;
        createdAtNanos = nanos;
    }

    @Override
    public final int attempt() {
        return attempt;
    }

    @Override
    public final RoutingContext context() {
        RoutingContext known = context;
        if (known == null) {
            known = new RoutingContext();
            context = known;
        }
        return known;
    }

    /** It enters a router as number {@code next}; what an earlier way through one left is forgotten. */
    final void arrive(long nowNanos, long next) {
        sequence = next;
        attempt = 1;
        hasEnded = false;
        endWasTold = false;
        outcome = null;
        lease = null;
        pass = null;
        flow = null;
        if (!createdIsSet) {
            createdAtNanos = nowNanos;
        }
    }

    /** Its attempt came to nothing, and another is chosen. */
    final void tryAgain() {
        attempt++;
        if (context != null) {
            context.newAttempt();
        }
    }

    /** A waiting call, or one whose attempt was lost, may be sent. */
    protected abstract void granted(Lease lease);

    /** The call is over. */
    protected abstract void ended(Outcome outcome);
}
