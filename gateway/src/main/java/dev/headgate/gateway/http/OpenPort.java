package dev.headgate.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One address that is listened on, its connections, and what may change while there are some. Thread-safe. */
public final class OpenPort {
    /** What has been worked out still leaves, unless a client does not read it. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private static final int CLOSE_SECONDS = 2;

    private final BodyBudget bodies;
    private final OpenExchanges open = new OpenExchanges();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HttpLimits limits;
    private final Protocols protocols;
    private final Channel server;
    private volatile @Nullable SslContext secured; // null = plain HTTP

    OpenPort(
            ServerBootstrap bootstrap,
            InetSocketAddress address,
            Routes routes,
            HttpLimits limits,
            @Nullable TlsFiles tls)
            throws IOException {
        this.limits = limits;
        this.bodies = new BodyBudget(limits.bodiesBytes());
        this.secured = tls == null ? null : tls.context();
        this.protocols = new Protocols(limits, () -> new RequestReader(routes, limits, bodies, open));
        var bound = bootstrap
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        begin(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + reason(bound.cause()),
                    bound.cause());
        }
        server = bound.channel();
    }

    /** Returns the system's own words: the native transport puts the call and its number before them. */
    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }

    private void begin(Channel channel) {
        SslContext shown = secured;
        if (shown == null) {
            channel.pipeline().addLast(new ProtocolChooser(limits, protocols));
        } else {
            channel.pipeline().addLast(shown.newHandler(channel.alloc())).addLast(new AlpnChooser(protocols));
        }
    }

    /** Returns where it is, with the port that was found if any would do. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** Changes how many bytes of request bodies are held together, ≥ 0; those that are held stay. */
    public void limitBodies(long bytes) {
        bodies.limit(bytes);
    }

    /**
     * Reads other certificates; what is returned shows them to connections from then on. Throws IOException with one
     * sentence if they are not what they should be, IllegalStateException if this address speaks plain HTTP.
     */
    public Runnable otherCertificates(TlsFiles files) throws IOException {
        if (secured == null) {
            throw new IllegalStateException("the address began without TLS");
        }
        SslContext next = files.context();
        return () -> secured = next;
    }

    int openConnections() {
        return connections.size();
    }

    long heldBodyBytes() {
        return bodies.heldBytes();
    }

    /** Returns the bytes of answers that callers have not taken yet, those inside of TLS aside. */
    long heldAnswerBytes() {
        long held = protocols.untakenBytes();
        for (Channel connection : connections) {
            ChannelOutboundBuffer pending = connection.unsafe().outboundBuffer();
            held += pending == null ? 0 : pending.totalPendingWriteBytes();
        }
        return held;
    }

    /** Tells callers that the server ends: requests that they make on open connections are answered, and are the last. */
    public void sayGoodbye() {
        open.end();
        for (Channel connection : connections) {
            if (connection.pipeline().get(Protocols.HTTP2) != null) {
                // Streams that are opened before the frame is read are served as well.
                var _ = connection.writeAndFlush(
                        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
            }
        }
    }

    /**
     * Stops listening, lets what has been asked be answered for {@code patience}, at least a moment, and closes all
     * connections. Idempotent. Blocks; not to be called on an event loop.
     */
    public void close(Duration patience) {
        server.close().awaitUninterruptibly();
        open.awaitNone(this::heldAnswerBytes, patience.compareTo(LAST_ANSWERS) < 0 ? LAST_ANSWERS : patience);
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
