package dev.headgate.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Event loops and, once {@linkplain #listen started}, a listening socket. Thread-safe. */
public final class HttpListener implements AutoCloseable {
    private static final int BACKLOG = 4096;

    /** What has been worked out still leaves, unless a client does not read it. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final OpenExchanges open = new OpenExchanges();
    private @Nullable Channel server;

    /** Starts {@code threads} event loops, on native epoll where there is one. */
    public HttpListener(int threads) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        loops = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("headgate-loop"), io);
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

    /** Listens on {@code address} and returns where it does; throws IOException if it cannot. */
    public InetSocketAddress listen(InetSocketAddress address, Routes routes, HttpLimits limits) throws IOException {
        BodyBudget budget = new BodyBudget(limits.bodiesBytes());
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new ProtocolChooser(
                                        limits, () -> new RequestReader(routes, limits, budget, open)));
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + reason(bound.cause()),
                    bound.cause());
        }
        server = bound.channel();
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
        Channel listening = server;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
        open.awaitNone(LAST_ANSWERS);
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
