package dev.headgate.gateway.upstream;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The endpoints in use on any loop. Thread-safe. */
final class Endpoints {
    /** Names that the system looks up at once; the lookup blocks in native code, where a virtual thread would hold its carrier. */
    private static final int LOOKUPS = 16;

    private final ConcurrentHashMap<UpstreamTarget, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final ClientTls tls = new ClientTls();
    private final AtomicInteger open = new AtomicInteger();
    private final ThreadPoolExecutor lookups;

    Endpoints() {
        lookups = new ThreadPoolExecutor(
                LOOKUPS,
                LOOKUPS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // bounded by the targets: each asks once at a time
                new DefaultThreadFactory("headgate-lookup", true));
        lookups.allowCoreThreadTimeOut(true);
    }

    /** Returns the endpoint of {@code target} for one pool more. */
    Endpoint use(UpstreamTarget target) {
        Endpoint used = endpoints.compute(target, (key, known) -> {
            Endpoint endpoint = known == null ? new Endpoint(key, tls, lookups, open) : known;
            endpoint.users++;
            return endpoint;
        });
        return used;
    }

    /** A pool no longer uses {@code endpoint}. */
    void leave(Endpoint endpoint) {
        endpoints.computeIfPresent(endpoint.target(), (key, known) -> {
            known.users--;
            return known.users == 0 ? null : known;
        });
    }

    /** Returns the endpoint of {@code target} if it is in use. */
    @Nullable
    Endpoint find(UpstreamTarget target) {
        return endpoints.get(target);
    }

    /** Forgets how TLS is spoken with others than {@code targets}. */
    void retain(Set<UpstreamTarget> targets) {
        tls.retain(targets);
    }

    /** Returns how many connections are open to all of them. */
    int open() {
        return open.get();
    }

    void close() {
        lookups.shutdownNow();
    }
}
