package dev.headgate.core.failover;

import dev.headgate.core.request.Failure;
import org.jspecify.annotations.Nullable;

/** One request, as the policy of its pool is asked for a backend. Used by the request's thread. */
public interface PolicyQuestion {
    /** Asks; while it waits, its {@link BackendView} hears of news. */
    Answer ask();

    /** Returns what has become of it while it waited; one that starves waits no longer. */
    Answer heard();

    /** The backend that it was given does not take the request, and has {@code ongoing}; −1 = unknown. Asks again. */
    Answer rejected(PolicyLease lease, int ongoing);

    /** Nobody waits for it any longer; a lease that it was granted is for another. */
    void cancel();

    /**
     * What came of asking; neither lease nor refusal: it waits, unless it starves.
     *
     * @param lease where it may go
     * @param refusal why it may not wait
     * @param isStarved whether there is nothing that it may use
     */
    record Answer(@Nullable PolicyLease lease, @Nullable Failure refusal, boolean isStarved) {
        /** Returns whether there is no news yet. */
        public boolean waits() {
            return lease == null && refusal == null && !isStarved;
        }
    }
}
