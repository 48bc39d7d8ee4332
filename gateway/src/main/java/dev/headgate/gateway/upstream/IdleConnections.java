package dev.headgate.gateway.upstream;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections of HTTP/1.1 that wait for a request. The one used last is taken first, so that in quiet times the others
 * pass their idle time and close. Owned by the loop.
 */
final class IdleConnections {
    private final LoopConnections owner;
    private final ArrayDeque<Http1Connection> connections = new ArrayDeque<>();

    IdleConnections(LoopConnections owner) {
        this.owner = owner;
    }

    /** Returns the one used last that still is open, left where it is; null if there is none. */
    @Nullable
    Http1Connection last() {
        Http1Connection last = connections.peekLast();
        while (last != null && !last.isReady()) {
            takeLast();
            last = connections.peekLast();
        }
        return last;
    }

    void takeLast() {
        connections.pollLast();
        owner.idled(-1);
    }

    /** Keeps {@code connection}, and closes the oldest if those are too many. */
    void add(Http1Connection connection) {
        if (connections.size() >= owner.settings().maxIdle()) {
            closeOldest();
        }
        connection.idleSinceNanos = System.nanoTime();
        connections.addLast(connection);
        owner.idled(1);
    }

    /** Forgets {@code connection} if it is here. */
    void remove(Http1Connection connection) {
        if (connections.removeFirstOccurrence(connection)) {
            owner.idled(-1);
        }
    }

    /** Closes the one that has waited longest; returns whether there was one. */
    boolean closeOldest() {
        Http1Connection oldest = connections.pollFirst();
        if (oldest == null) {
            return false;
        }
        owner.idled(-1);
        oldest.close();
        return true;
    }

    /** Closes those that have waited since before {@code nanos}. */
    void reap(long nanos) {
        Http1Connection oldest = connections.peekFirst();
        while (oldest != null && oldest.idleSinceNanos - nanos <= 0) {
            closeOldest();
            oldest = connections.peekFirst();
        }
    }
}
