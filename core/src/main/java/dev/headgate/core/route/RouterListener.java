package dev.headgate.core.route;

import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;

/**
 * What happens in a router, for logs and metrics. Called in its context; implementations are quick, do not throw and do
 * not call back.
 */
public interface RouterListener {
    /** Hears nothing. */
    RouterListener NONE = new RouterListener() {};

    /** A worker joined, or came back after its connection closed. */
    default void workerJoined(EndpointId worker, boolean resumed) {}

    /** A worker is silent and gets no new work. */
    default void workerSuspect(EndpointId worker) {}

    /** A worker is gone; {@code tasks} were running on it. */
    default void workerLost(EndpointId worker, String reason, int tasks) {}

    /** A load was ordered, for the cause in lower case. */
    default void loading(EndpointId worker, String label, String cause) {}

    /** A load ended. */
    default void loaded(EndpointId worker, String label, long nanos) {}

    /** A model was dropped to make room. */
    default void evicted(EndpointId worker, String label) {}

    /** A load failed. */
    default void loadFailed(EndpointId worker, String label, String error) {}

    /** A task was sent. */
    default void assigned(PlacedLease lease) {}

    /** The router of a pool chose, in pass {@code pass} of the call's attempt; {@code ranks} is valid during the call. */
    default void chosen(Call call, int pass, Ranks ranks, Candidates candidates) {}

    /** A pool's attempt is being sent. */
    default void sent(PoolLease lease) {}

    /** A pool's attempt was accepted. */
    default void routed(PoolLease lease) {}

    /** A pool's attempt was rejected by its endpoint, and its call waits again. */
    default void rejected(PoolLease lease) {}

    /** A call has had {@code passes} passes and still waits. */
    default void waitsLong(Call call, int passes) {}

    /** The router of a pool failed, and its fallback chose. */
    default void routerFailed(String router, RouterFault fault) {}

    /** The router of a pool fails so often that its fallback chooses until there is another. */
    default void routerQuarantined(String router, int generation) {}

    /** A pool has another router. */
    default void routerSwapped(String router, int generation) {}

    /** An endpoint of a pool said that it is gone for good. */
    default void endpointDied(EndpointId endpoint) {}

    /** An endpoint was left out of a pool, for the reason given. */
    default void endpointRefused(EndpointId endpoint, String reason) {}

    /** A call was refused at the door. */
    default void refused(Call call, Failure failure) {}

    /** A call ended. */
    default void ended(Call call, Outcome outcome) {}

    /** An answer came for a lease that is no longer valid, and was dropped. */
    default void staleAnswer(EndpointId worker, LeaseKey key) {}
}
