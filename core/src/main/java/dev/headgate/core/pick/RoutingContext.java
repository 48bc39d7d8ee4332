package dev.headgate.core.pick;

/** What the parts of a composed router remember of one request. Confined to the pool's owner. */
public final class RoutingContext {
    /** When matching of the model began, on the pool's ticker; 0 = it has not. Stays from attempt to attempt. */
    public long multiplexMatchingSinceNanos;

    /** Whether the endpoints with the fewest models were tried in this attempt. */
    public boolean triedFewestModels;

    /** Whether the holders of the model were tried in this attempt. */
    public boolean triedFirstModels;

    /** Whether the own node was tried in this attempt. */
    public boolean triedSameNode;

    /** Whether the own zone was tried in this attempt. */
    public boolean triedSameZone;

    /** Forgets what belongs to one attempt. */
    public void newAttempt() {
        triedFewestModels = false;
        triedFirstModels = false;
        triedSameNode = false;
        triedSameZone = false;
    }
}
