package dev.headgate.gateway.http;

import dev.headgate.gateway.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Event loops and the {@linkplain #listen listening} sockets on them. Thread-safe. */
public final class HttpListener implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final Transport transport;
    private final EventLoopGroup loops;
    private final List<OpenPort> ports = new CopyOnWriteArrayList<>();

    /** Starts {@code threads} event loops, on {@code transport} or the next best that works here. */
    public HttpListener(Transport transport, int threads) {
        this.transport = transport.orNext();
        loops = this.transport.loops(threads);
    }

    /** Returns how sockets are read and written: what was asked for, or what works here instead. */
    public Transport transport() {
        return transport;
    }

    /** Returns the event loops. */
    public EventLoopGroup loops() {
        return loops;
    }

    /** Returns how many connections are open. */
    public int openConnections() {
        int open = 0;
        for (OpenPort port : ports) {
            open += port.openConnections();
        }
        return open;
    }

    /** Returns the bytes of request bodies that are held. */
    public long heldBodyBytes() {
        long held = 0;
        for (OpenPort port : ports) {
            held += port.heldBodyBytes();
        }
        return held;
    }

    /** Returns the bytes of answers that callers have not taken yet, those inside of TLS aside. */
    public long heldAnswerBytes() {
        long held = 0;
        for (OpenPort port : ports) {
            held += port.heldAnswerBytes();
        }
        return held;
    }

    /**
     * Listens on {@code address}; throws IOException if it cannot.
     *
     * @param tls what callers are shown; null = plain HTTP
     */
    public OpenPort listen(InetSocketAddress address, Routes routes, HttpLimits limits, @Nullable TlsFiles tls)
            throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        OpenPort port = new OpenPort(bootstrap, address, routes, limits, tls);
        ports.add(port);
        return port;
    }

    /** Stops listening, lets answers that are ready leave, closes every connection and ends the event loops. */
    @Override
    public void close() {
        ports.forEach(port -> port.close(Duration.ZERO));
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
