package dev.headgate.gateway.upstream;

import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.guard.CircuitBreaker.Place;
import org.jspecify.annotations.Nullable;

/**
 * What the connections and requests of one endpoint pass: its gate in the circuit breaker of its pool, and the line of
 * those who wait for room there. Targets that are equal share connections only behind the same gate. Thread-safe.
 */
public final class ConnectionGate {
    /** No limits; costs nothing and counts nothing. */
    public static final ConnectionGate NONE = new ConnectionGate(null, null, 0);

    private final CircuitBreaker.@Nullable Gate gate;
    private final @Nullable RoomSeekers seekers;
    private final int maxRequests;

    ConnectionGate(CircuitBreaker.@Nullable Gate gate, @Nullable RoomSeekers seekers, int maxRequests) {
        this.gate = gate;
        this.seekers = seekers;
        this.maxRequests = maxRequests;
    }

    /** Returns whether a connection that has served {@code requests} may serve another. */
    boolean allowsAfter(int requests) {
        return maxRequests == 0 || requests < maxRequests;
    }

    /** See {@link CircuitBreaker.Gate#trySeek}. */
    Place trySeek() {
        return gate == null ? Place.OPENING : gate.trySeek();
    }

    /** See {@link CircuitBreaker.Gate#tryRide}. */
    Place tryRide() {
        return gate == null ? Place.RIDING : gate.tryRide();
    }

    /** See {@link CircuitBreaker.Gate#tryOpen}. */
    boolean tryOpen() {
        return gate == null || gate.tryOpen();
    }

    /** See {@link CircuitBreaker.Gate#tryStart}. */
    Place tryStart(Place place) {
        return gate == null ? Place.READY : gate.tryStart(place);
    }

    /** See {@link CircuitBreaker.Gate#left}. */
    void left(Place place) {
        if (gate != null) {
            gate.left(place);
        }
    }

    /** See {@link CircuitBreaker.Gate#ended}. */
    void ended() {
        if (gate != null) {
            gate.ended();
        }
    }

    /** A connection was closed, or could not be opened: whoever waits for room looks again. */
    void closed() {
        if (gate != null) {
            gate.closed();
        }
        if (seekers != null) {
            seekers.roomCame();
        }
    }

    /** Who else waits for room; null where nobody ever has to. */
    @Nullable
    RoomSeekers seekers() {
        return seekers;
    }
}
