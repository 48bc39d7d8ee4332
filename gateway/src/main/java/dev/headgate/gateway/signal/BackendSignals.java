package dev.headgate.gateway.signal;

import dev.headgate.core.failover.BackendPort;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.PolicyPools;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks all backends about themselves that are to be asked, and tells the router of their pools. Thread-safe.
 *
 * <p>The router asks back through this object from its first moment on, so it is told of later, by {@link #begin}; questions
 * of before wait for that.
 */
public final class BackendSignals implements BackendPort, AutoCloseable {
    private final EventLoopGroup loops;
    private final Upstreams upstreams;
    private final SignalCounts counts;
    private final CompletableFuture<PolicyPools> pools = new CompletableFuture<>();
    private final Map<Key, Inquiries> all = new ConcurrentHashMap<>();

    /** Creates one that asks nobody. */
    public BackendSignals(EventLoopGroup loops, Upstreams upstreams, SignalCounts counts) {
        this.loops = loops;
        this.upstreams = upstreams;
        this.counts = counts;
    }

    /** Asks these backends from now on; whoever was asked the same before goes on undisturbed. */
    public synchronized void ask(List<AskedBackend> backends) {
        Map<Key, AskedBackend> wanted = new HashMap<>();
        backends.forEach(backend -> wanted.put(new Key(backend.pool(), backend.id()), backend));
        all.forEach((key, inquiries) -> {
            if (!inquiries.backend.equals(wanted.get(key))) {
                all.remove(key, inquiries);
                inquiries.stop();
            }
        });
        wanted.forEach((key, backend) -> all.computeIfAbsent(key, _ -> new Inquiries(backend, loops.next())));
    }

    /** What backends say is told {@code to} from now on; called once. */
    public void begin(PolicyPools to) {
        pools.complete(to);
    }

    @Override
    public void probe(String pool, EndpointId backend, long nanos) {
        Inquiries inquiries = all.get(new Key(pool, backend));
        if (inquiries != null) {
            inquiries.probe(nanos);
        }
    }

    @Override
    public void cancelProbe(String pool, EndpointId backend) {
        Inquiries inquiries = all.get(new Key(pool, backend));
        if (inquiries != null) {
            inquiries.cancelProbe();
        }
    }

    /** Asks nobody any longer. */
    @Override
    public synchronized void close() {
        all.values().forEach(Inquiries::stop);
        all.clear();
    }

    private record Key(String pool, EndpointId backend) {}

    /** All that one backend is asked. Its fields are confined to its event loop. */
    private final class Inquiries {
        private final AskedBackend backend;
        private final EventLoop loop;
        private final CompletableFuture<Void> started;
        private @Nullable EngineScrape scrape;
        private @Nullable StatsPull stats;
        private @Nullable OngoingProbe probe;
        private boolean isStopped;

        Inquiries(AskedBackend backend, EventLoop loop) {
            this.backend = backend;
            this.loop = loop;
            this.started = pools.thenAccept(this::start);
        }

        private void start(PolicyPools to) {
            loop.execute(() -> {
                if (isStopped) {
                    return;
                }
                probe = new OngoingProbe(backend, loop, upstreams, to, counts);
                backend.settings().engine().ifPresent(metrics -> {
                    EngineScrape reading = new EngineScrape(backend, metrics, loop, upstreams, to, counts);
                    scrape = reading;
                    reading.start();
                });
                if (backend.readsStats()) {
                    StatsPull pull = new StatsPull(backend, loop, upstreams, to, counts);
                    stats = pull;
                    pull.start();
                }
            });
        }

        void probe(long nanos) {
            var _ = started.thenRun(() -> loop.execute(() -> {
                OngoingProbe asking = probe;
                if (asking != null && !isStopped) {
                    asking.ask(nanos);
                }
            }));
        }

        void cancelProbe() {
            loop.execute(() -> {
                if (probe != null) {
                    probe.cancel();
                }
            });
        }

        void stop() {
            if (loop.isShuttingDown()) {
                return;
            }
            loop.execute(() -> {
                isStopped = true;
                if (scrape != null) {
                    scrape.stop();
                }
                if (stats != null) {
                    stats.stop();
                }
                if (probe != null) {
                    probe.cancel();
                }
            });
        }
    }
}
