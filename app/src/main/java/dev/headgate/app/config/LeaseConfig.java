package dev.headgate.app.config;

import java.time.Duration;

/**
 * How long a silent worker keeps its work. Always {@code heartbeat < suspect < ttl}.
 *
 * @param heartbeat between two heartbeats of a worker
 * @param suspect silence after which a worker gets no new work
 * @param ttl silence after which a worker is lost and its work goes to others
 * @param reconnectGrace between a closed connection and the loss of the worker
 * @param cancelGrace a worker's time to answer a cancellation before it counts as lost
 */
public record LeaseConfig(
        Duration heartbeat, Duration suspect, Duration ttl, Duration reconnectGrace, Duration cancelGrace) {
    /** Two heartbeats may be lost before a worker is suspected, four before it is given up. */
    public static final LeaseConfig DEFAULT = new LeaseConfig(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));
}
