package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import dev.headgate.core.pool.EndpointId;
import java.util.Set;

/** Says how well candidates suit a request, each by a number from 0 to 1. Does not block or allocate. */
public interface Scorer {
    /**
     * Sets {@code scores[i]} for each candidate i of {@code among}, which is not empty. What is below 0 or above 1 counts as
     * 0 or 1, what is no number as 0.
     */
    void score(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, double[] scores);

    /** Returns what it reads. */
    default Set<Need> needs() {
        return Set.of();
    }

    /** An attempt was accepted. */
    default void routed(EndpointId endpoint, PendingRequest request) {}

    /** The membership or the attributes of the pool have changed. */
    default void endpointsChanged(Candidates all) {}
}
