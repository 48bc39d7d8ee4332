package dev.headgate.core.admit;

import dev.headgate.core.request.InferenceRequest;

/** One request that waits in a {@link FlowRoom}, or has left it. The owner extends it with what it needs to go on. */
public abstract class FlowWait {
    private final InferenceRequest request;
    private final long createdAtNanos;
    private final long sequence;
    boolean isWaiting;
    private int overtaken;

    /**
     * Creates one that does not wait yet.
     *
     * @param createdAtNanos when the request came, on the owner's ticker
     * @param sequence its place among those that came at the same moment
     */
    protected FlowWait(InferenceRequest request, long createdAtNanos, long sequence) {
        this.request = request;
        this.createdAtNanos = createdAtNanos;
        this.sequence = sequence;
    }

    /** Returns what is asked. */
    public final InferenceRequest request() {
        return request;
    }

    /** Returns when the request came. */
    public final long createdAtNanos() {
        return createdAtNanos;
    }

    /** Returns whether it is in the room. */
    public final boolean isWaiting() {
        return isWaiting;
    }

    /** Returns how often another that came after it in order was bound before it. */
    public final int overtaken() {
        return overtaken;
    }

    /** Another is bound before it. */
    public final void overtake() {
        overtaken++;
    }

    final long sequence() {
        return sequence;
    }
}
