package dev.headgate.gateway.relay;

import java.time.Duration;
import java.util.List;

/**
 * What the relay must know of a pool beside its {@link dev.headgate.core.failover.FailoverPlan.PoolPlan}.
 *
 * @param name the pool's
 * @param backends one for each of the plan's
 * @param maxRequestBytes a larger body is refused, > 0
 * @param heartbeat after this much silence a stream gets a comment; zero = off
 * @param expose which of our headers an answer carries
 */
public record PoolEdge(
        String name, List<BackendEdge> backends, long maxRequestBytes, Duration heartbeat, Expose expose) {
    /** The default of {@code maxRequestBytes}. */
    public static final long MAX_REQUEST_BYTES = 64L << 20;

    public PoolEdge {
        backends = List.copyOf(backends);
    }

    /** Returns a pool with the defaults of gateway.md. */
    public static PoolEdge of(String name, List<BackendEdge> backends) {
        return new PoolEdge(name, backends, MAX_REQUEST_BYTES, Duration.ZERO, Expose.IDS);
    }

    /** Which of our headers an answer carries. */
    public enum Expose {
        /** None but those of our own answers. */
        NONE,
        /** Request, backend and the number of attempts. */
        IDS,
        /** Also each attempt's outcome and time. */
        FULL
    }
}
