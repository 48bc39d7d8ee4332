package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The connections to all upstreams. Thread-safe; a request is sent, and its answer told, on one event loop. */
public final class Upstreams implements AutoCloseable {
    /** Why nothing is sent any more. */
    static final String CLOSED = "upstream connections are closed";

    private static final int CLOSE_SECONDS = 2;

    private final UpstreamSettings settings;
    private final Endpoints endpoints = new Endpoints();
    private final FastThreadLocal<LoopConnections> here = new FastThreadLocal<>();
    private final List<LoopConnections> everywhere = new CopyOnWriteArrayList<>();
    private volatile boolean isClosed;

    private Upstreams(UpstreamSettings settings) {
        this.settings = settings;
    }

    /** Returns upstreams without any connection; they use the loops on which requests are sent. */
    public static Upstreams with(UpstreamSettings settings) {
        return new Upstreams(settings);
    }

    /** Returns the library that speaks TLS, for the log. */
    public static String tlsLibrary() {
        return ClientTls.library();
    }

    /**
     * Sends a request; to be called on {@code loop}.
     *
     * <p>The head goes out as it is, over HTTP/1.1 in its order: the caller has set {@code Host} and {@code
     * Content-Length}, and no field that belongs to one connection. The body is whole, perhaps made of many pieces, and is
     * released here whatever happens; a caller that may need it again passes a retained duplicate. Where the loop has a warm
     * connection, the request has been written when this returns; all of it leaves with one flush.
     *
     * @param gate of its endpoint in the circuit breaker of its pool
     */
    public UpstreamExchange send(
            EventLoop loop,
            UpstreamTarget target,
            HttpRequest head,
            ByteBuf body,
            ConnectionGate gate,
            UpstreamListener listener) {
        return send(new Exchange(pool(loop, target, gate, body), head, body, listener));
    }

    /** Like {@link #send}, on a connection that has served nobody yet: for what a stale connection has lost. */
    public UpstreamExchange sendFresh(
            EventLoop loop,
            UpstreamTarget target,
            HttpRequest head,
            ByteBuf body,
            ConnectionGate gate,
            UpstreamListener listener) {
        Exchange exchange = new Exchange(pool(loop, target, gate, body), head, body, listener);
        exchange.needsFresh = true;
        return send(exchange);
    }

    private ConnectionPool pool(EventLoop loop, UpstreamTarget target, ConnectionGate gate, ByteBuf body) {
        if (!loop.inEventLoop()) {
            body.release();
            throw new IllegalStateException("called off its loop");
        }
        return connections(loop).pool(target, gate);
    }

    private Exchange send(Exchange exchange) {
        if (isClosed) {
            exchange.failsUnsent(AttemptFailure.CONNECT_REFUSED, CLOSED);
        } else {
            exchange.pool().send(exchange);
        }
        return exchange;
    }

    private LoopConnections connections(EventLoop loop) {
        LoopConnections connections = here.getIfExists();
        if (connections == null) {
            connections = new LoopConnections(loop, settings, endpoints);
            here.set(connections);
            everywhere.add(connections);
        }
        return connections;
    }

    /** Closes the connections to all other targets: idle ones now, the rest when their answers have ended. */
    public void retain(Set<UpstreamTarget> targets) {
        endpoints.retain(targets);
        for (LoopConnections connections : everywhere) {
            if (!connections.loop().isShuttingDown()) {
                connections.loop().execute(() -> connections.retain(targets));
            }
        }
    }

    /** Returns how many connections are open or being opened. */
    public int openConnections() {
        return endpoints.open();
    }

    /** Returns how many connections to {@code target} are open or being opened. */
    public int openConnections(UpstreamTarget target) {
        Endpoint endpoint = endpoints.find(target);
        return endpoint == null ? 0 : endpoint.open();
    }

    /** Returns how many connections wait for a request. */
    public int idleConnections() {
        int idle = 0;
        for (LoopConnections connections : everywhere) {
            idle += connections.idle();
        }
        return idle;
    }

    /**
     * Closes every connection; exchanges that are open end with a failure. Idempotent. Waits a moment for the loops, unless
     * called on one of them.
     */
    @Override
    public void close() {
        isClosed = true;
        CountDownLatch closed = new CountDownLatch(everywhere.size());
        boolean isOnLoop = false;
        for (LoopConnections connections : everywhere) {
            EventLoop loop = connections.loop();
            isOnLoop |= loop.inEventLoop();
            if (loop.isShuttingDown()) {
                closed.countDown();
            } else {
                loop.execute(() -> {
                    connections.close();
                    closed.countDown();
                });
            }
        }
        if (!isOnLoop) {
            await(closed);
        }
        endpoints.close();
    }

    private static void await(CountDownLatch closed) {
        try {
            var _ = closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
