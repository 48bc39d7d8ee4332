package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way: name, connect, TLS, and over HTTP/2 the peer's settings, all within one time. Addresses are
 * tried one after another. Owned by the loop of its pool.
 */
final class Opening {
    private final ConnectionPool pool;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Channel channel;
    private int boarded;
    private boolean isOver;

    Opening(ConnectionPool pool) {
        this.pool = pool;
    }

    /** Takes one request more that relies on it, if it has fewer than {@code most}. */
    boolean tryBoard(int most) {
        if (boarded >= most) {
            return false;
        }
        boarded++;
        return true;
    }

    void start() {
        long nanos = pool.endpoint().target().connectTime().toNanos();
        timer = pool.loop().schedule(this::late, nanos, TimeUnit.NANOSECONDS);
        Endpoint.Found known = pool.endpoint().route();
        if (known != null) {
            connect(known, 0);
        } else {
            pool.endpoint().find(route -> pool.run(() -> found(route)));
        }
    }

    private void found(Endpoint.Route route) {
        switch (route) {
            case Endpoint.Found way -> connect(way, 0);
            case Endpoint.NoWay none -> fail(none.kind(), none.detail());
        }
    }

    private void connect(Endpoint.Found way, int index) {
        if (isOver) {
            return;
        }
        InetSocketAddress address = way.addresses().get(index);
        SocketChannel socket = Transport.open(pool.loop());
        channel = socket;
        socket.config().setTcpNoDelay(true).setConnectTimeoutMillis(0);
        // A write that fails must not take away an answer that came before.
        socket.config().setOption(ChannelOption.AUTO_CLOSE, false);
        if (way.tls() != null) {
            UpstreamTarget target = pool.endpoint().target();
            SslHandler tls = way.tls().newHandler(socket.alloc(), target.host(), target.port());
            tls.setHandshakeTimeoutMillis(0); // the timer covers it
            socket.pipeline().addLast(tls);
        }
        socket.pipeline().addLast(new Steps(way.tls() != null));
        pool.loop().register(socket).addListener(registered -> {
            if (registered.isSuccess()) {
                socket.connect(address).addListener(connected -> connected(connected, way, index));
            } else {
                fail(AttemptFailure.CONNECT_REFUSED, AnswerRules.reason(registered.cause()));
            }
        });
    }

    private void connected(Future<?> connected, Endpoint.Found way, int index) {
        if (connected.isSuccess() || isOver) {
            return; // the steps go on by themselves
        }
        closeChannel();
        if (index + 1 < way.addresses().size()) {
            connect(way, index + 1);
        } else {
            pool.endpoint().doubt();
            fail(AttemptFailure.CONNECT_REFUSED, AnswerRules.reason(connected.cause()));
        }
    }

    private void late() {
        pool.endpoint().doubt();
        fail(
                AttemptFailure.CONNECT_TIMEOUT,
                "no connection within " + pool.endpoint().target().connectTime());
    }

    /** Ends it because everything ends. */
    void giveUp() {
        fail(AttemptFailure.CONNECT_REFUSED, Upstreams.CLOSED);
    }

    private void fail(AttemptFailure kind, String detail) {
        if (isOver) {
            return;
        }
        over();
        closeChannel();
        pool.failed(this, kind, detail);
    }

    private void over() {
        isOver = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void closeChannel() {
        if (channel != null) {
            channel.unsafe().closeForcibly();
        }
    }

    private void http1(Channel open) {
        over();
        AnswerDecoder decoder = new AnswerDecoder();
        Http1Connection connection = new Http1Connection(pool, open, decoder);
        open.pipeline().addLast(decoder).addLast(new HttpRequestEncoder()).addLast(connection);
        pool.ready(this, connection);
    }

    private void http2(Channel open) {
        Http2Connection connection = new Http2Connection(pool, open, this::http2Ready, this::fail);
        try {
            connection.setUp();
        } catch (Http2Exception e) {
            fail(AttemptFailure.NOT_HTTP, AnswerRules.reason(e));
        }
    }

    private void http2Ready(Http2Connection connection) {
        if (!isOver) {
            over();
            pool.ready(this, connection);
        }
    }

    /** Follows the channel until it can carry requests. */
    private final class Steps extends ChannelInboundHandlerAdapter {
        private final boolean isEncrypted;

        Steps(boolean isEncrypted) {
            this.isEncrypted = isEncrypted;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!isEncrypted && !isOver) {
                context.pipeline().remove(this);
                if (pool.endpoint().target().protocol() == UpstreamTarget.Protocol.HTTP2_CLEAR) {
                    http2(context.channel());
                } else {
                    http1(context.channel());
                }
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done && !isOver) {
                if (done.isSuccess()) {
                    secured(context);
                } else {
                    fail(AttemptFailure.TLS_FAILED, AnswerRules.reason(done.cause()));
                }
            }
        }

        private void secured(ChannelHandlerContext context) {
            SslHandler tls = context.pipeline().get(SslHandler.class);
            context.pipeline().remove(this);
            if (ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
                http2(context.channel());
            } else {
                http1(context.channel());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (isEncrypted) {
                fail(AttemptFailure.TLS_FAILED, "connection closed during the handshake");
            } else {
                fail(AttemptFailure.CONNECT_REFUSED, "connection closed");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(AttemptFailure.CONNECT_REFUSED, AnswerRules.reason(cause));
        }
    }
}
