package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import java.util.List;

/**
 * How the router speaks to workers. The edge turns each call into a frame.
 *
 * <p>Called in the router's context; implementations neither block, throw nor call back. What is sent to a worker that is
 * gone is dropped: the router learns of the loss by itself.
 */
public interface WorkerPort {
    /** Runs the lease's task. */
    void assign(PlacedLease lease);

    /** Loads {@code label} after dropping {@code evicted}. */
    void load(EndpointId worker, String label, List<String> evicted);

    /** Stops a task; its answer is awaited. */
    void cancel(PlacedLease lease, String reason);

    /** Tells a worker that it may end once its running tasks have. */
    void drain(EndpointId worker);

    /** Closes the connection of a worker that is lost or stuck. */
    void disconnect(EndpointId worker, String reason);
}
