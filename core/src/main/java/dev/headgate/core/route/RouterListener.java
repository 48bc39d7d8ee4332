package dev.headgate.core.route;

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

    /** A call was refused at the door. */
    default void refused(Call call, Failure failure) {}

    /** A call ended. */
    default void ended(Call call, Outcome outcome) {}

    /** An answer came for a lease that is no longer valid, and was dropped. */
    default void staleAnswer(EndpointId worker, LeaseKey key) {}
}
