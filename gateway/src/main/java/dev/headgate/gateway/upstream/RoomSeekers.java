package dev.headgate.gateway.upstream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connection pools of one circuit breaker, on all loops, and which of them have requests that wait because no more
 * connections may be opened.
 *
 * <p>A connection cannot move between loops or endpoints, so one that is idle while somebody waits elsewhere is closed: the
 * count that it gives back lets the other open one. Thread-safe; the pools act on their own loops.
 */
final class RoomSeekers {
    private final Set<ConnectionPool> pools = ConcurrentHashMap.newKeySet();
    private final Set<ConnectionPool> waiting = ConcurrentHashMap.newKeySet();

    void joined(ConnectionPool pool) {
        pools.add(pool);
    }

    void gone(ConnectionPool pool) {
        pools.remove(pool);
        waiting.remove(pool);
    }

    /** {@code pool} has a request that waits for room: idle connections elsewhere give way. */
    void seeks(ConnectionPool pool) {
        waiting.add(pool);
        for (ConnectionPool other : pools) {
            if (other != pool) {
                other.run(other::giveWay);
            }
        }
    }

    /** {@code pool} no longer waits for room. */
    void satisfied(ConnectionPool pool) {
        waiting.remove(pool);
    }

    /** Returns whether a pool other than {@code pool} waits. */
    boolean anyBut(ConnectionPool pool) {
        return waiting.size() > (waiting.contains(pool) ? 1 : 0);
    }

    /** Returns whether a pool other than {@code pool} has waited since before {@code nanos}. */
    boolean anyBefore(long nanos, ConnectionPool pool) {
        for (ConnectionPool other : waiting) {
            if (other != pool && other.waitingSince() - nanos < 0) {
                return true;
            }
        }
        return false;
    }

    /** Room for a connection came free: those who wait look again. */
    void roomCame() {
        for (ConnectionPool pool : waiting) {
            pool.run(pool::look);
        }
    }
}
