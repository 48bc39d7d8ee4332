package dev.headgate.gateway.http;

import dev.headgate.gateway.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
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

    /** What has been worked out still leaves, unless a client does not read it. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final Transport transport;
    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final OpenExchanges open = new OpenExchanges();
    private final List<Channel> servers = new CopyOnWriteArrayList<>();
    private final List<BodyBudget> budgets = new CopyOnWriteArrayList<>(); // one for each address

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
        return (int) connections.stream()
                .filter(connection -> !(connection instanceof ServerChannel))
                .count();
    }

    /** Returns the bytes of request bodies that are held. */
    public long heldBodyBytes() {
        long held = 0;
        for (BodyBudget budget : budgets) {
            held += budget.heldBytes();
        }
        return held;
    }

    /** Returns the bytes of answers that callers have not taken yet, those inside of TLS and HTTP/2 aside. */
    public long heldAnswerBytes() {
        long held = 0;
        for (Channel connection : connections) {
            ChannelOutboundBuffer pending = connection.unsafe().outboundBuffer();
            held += pending == null ? 0 : pending.totalPendingWriteBytes();
        }
        return held;
    }

    /**
     * Listens on {@code address} and returns where it does; throws IOException if it cannot.
     *
     * @param tls what callers are shown; null = plain HTTP
     */
    public InetSocketAddress listen(InetSocketAddress address, Routes routes, HttpLimits limits, @Nullable TlsFiles tls)
            throws IOException {
        BodyBudget budget = new BodyBudget(limits.bodiesBytes());
        budgets.add(budget);
        Protocols protocols = new Protocols(limits, () -> new RequestReader(routes, limits, budget, open));
        SslContext secured = tls == null ? null : tls.context();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        if (secured == null) {
                            channel.pipeline().addLast(new ProtocolChooser(limits, protocols));
                        } else {
                            channel.pipeline()
                                    .addLast(secured.newHandler(channel.alloc()))
                                    .addLast(new AlpnChooser(protocols));
                        }
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + reason(bound.cause()),
                    bound.cause());
        }
        servers.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Returns the system's own words: the native transport puts the call and its number before them. */
    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }

    /** Stops listening, lets answers that are ready leave, closes every connection and ends the event loops. */
    @Override
    public void close() {
        servers.forEach(server -> server.close().awaitUninterruptibly());
        open.awaitNone(LAST_ANSWERS);
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
