package dev.headgate.gateway.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Those in a pool's line who may not open a connection yet, as {@link RoomSeekers} know them. Owned by the loop, save
 * {@link #sinceNanos}.
 */
final class RoomWaiters {
    /** How much longer somebody elsewhere must have waited before a connection of this loop is given up for it. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final ConnectionPool pool;
    private final WaitingLine line;
    private final @Nullable RoomSeekers seekers;
    private volatile long sinceNanos;

    RoomWaiters(ConnectionPool pool, WaitingLine line) {
        this.pool = pool;
        this.line = line;
        this.seekers = pool.gate().seekers();
        if (seekers != null) {
            seekers.joined(pool);
        }
    }

    /** Returns since when the first one waits, if one does; from any thread. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Puts {@code exchange} in line and lets idle connections elsewhere give way. */
    void add(Exchange exchange) {
        if (seekers == null) {
            throw new IllegalStateException("waits without a limit");
        }
        exchange.waitsSinceNanos = System.nanoTime() | 1;
        line.add(exchange);
        changed();
        seekers.seeks(pool);
    }

    /** The line has changed. */
    void changed() {
        if (seekers == null) {
            return;
        }
        Exchange first = line.firstWithoutOpening();
        if (first == null) {
            seekers.satisfied(pool);
        } else {
            sinceNanos = first.waitsSinceNanos;
        }
    }

    /** Returns whether somebody waits in another pool. */
    boolean areElsewhere() {
        return seekers != null && seekers.anyBut(pool);
    }

    /** Returns whether somebody in another pool has waited for so long that this one's connection should go to it. */
    boolean areOverdueElsewhere() {
        return seekers != null && seekers.anyBefore(System.nanoTime() - PATIENCE.toNanos(), pool);
    }

    /** The pool will not be used again. */
    void leave() {
        if (seekers != null) {
            seekers.gone(pool);
        }
    }
}
