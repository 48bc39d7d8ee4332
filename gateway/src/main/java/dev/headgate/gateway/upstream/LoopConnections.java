package dev.headgate.gateway.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The connection pools of one event loop, and the timer that closes what is idle for too long. Owned by the loop. */
final class LoopConnections {
    private final EventLoop loop;
    private final UpstreamSettings settings;
    private final Endpoints endpoints;
    private final Map<UpstreamTarget, List<ConnectionPool>> pools = new HashMap<>();
    private final AtomicInteger idle = new AtomicInteger(); // written by the loop alone
    private boolean isReaping;
    private boolean isClosed;

    LoopConnections(EventLoop loop, UpstreamSettings settings, Endpoints endpoints) {
        this.loop = loop;
        this.settings = settings;
        this.endpoints = endpoints;
    }

    EventLoop loop() {
        return loop;
    }

    UpstreamSettings settings() {
        return settings;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Returns how many connections wait for a request; from any thread. */
    int idle() {
        return idle.get();
    }

    /** One connection more, or fewer, waits for a request. */
    void idled(int change) {
        idle.setRelease(idle.getPlain() + change);
    }

    /** Returns the pool for {@code target} behind {@code gate}. */
    ConnectionPool pool(UpstreamTarget target, ConnectionGate gate) {
        List<ConnectionPool> same = pools.get(target);
        if (same != null) {
            for (int i = 0; i < same.size(); i++) {
                if (same.get(i).gate() == gate) {
                    return same.get(i);
                }
            }
        }
        ConnectionPool pool = new ConnectionPool(this, endpoints.use(target), gate);
        pools.computeIfAbsent(target, key -> new ArrayList<>(1)).add(pool);
        if (!isReaping) {
            isReaping = true;
            reapLater();
        }
        return pool;
    }

    private void reapLater() {
        // A connection outlives its idle time by a quarter at most.
        var _ = loop.schedule(this::reap, settings.idleTime().toNanos() / 4, TimeUnit.NANOSECONDS);
    }

    private void reap() {
        long latest = System.nanoTime() - settings.idleTime().toNanos();
        pools.values().removeIf(same -> {
            same.removeIf(pool -> {
                pool.reap(latest);
                if (pool.isUnused()) {
                    pool.leave();
                    endpoints.leave(pool.endpoint());
                    return true;
                }
                return false;
            });
            return same.isEmpty();
        });
        isReaping = !pools.isEmpty() && !isClosed;
        if (isReaping) {
            reapLater();
        }
    }

    /** Keeps no connection to other targets beyond what it carries now. */
    void retain(Set<UpstreamTarget> targets) {
        pools.forEach((target, same) -> {
            boolean isKept = targets.contains(target);
            same.forEach(pool -> pool.keepsConnections(isKept));
        });
    }

    /** Closes every connection and refuses what comes. */
    void close() {
        isClosed = true;
        for (List<ConnectionPool> same : List.copyOf(pools.values())) {
            List.copyOf(same).forEach(ConnectionPool::close);
        }
    }
}
