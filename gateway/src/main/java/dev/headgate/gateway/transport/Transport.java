package dev.headgate.gateway.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A way to do network I/O. */
public enum Transport {
    /** Linux's submission and completion rings: fewest system calls; often forbidden in containers. */
    IO_URING(IoUringServerSocketChannel.class),
    /** Linux's readiness notification. */
    EPOLL(EpollServerSocketChannel.class),
    /** What the JDK has everywhere. */
    NIO(NioServerSocketChannel.class);

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    private final Class<? extends ServerSocketChannel> serverChannel;

    Transport(Class<? extends ServerSocketChannel> serverChannel) {
        this.serverChannel = serverChannel;
    }

    /** Returns the transport that {@code name} names, as in {@code io_uring}. */
    public static Optional<Transport> named(String name) {
        for (Transport transport : values()) {
            if (transport.toString().equals(name)) {
                return Optional.of(transport);
            }
        }
        return Optional.empty();
    }

    /** Returns the usual transport: epoll where there is one. */
    public static Transport usual() {
        return EPOLL.orNext();
    }

    /** Returns this one, or the next in order that works here, with a warning that says why. */
    public Transport orNext() {
        Throwable obstacle = obstacle();
        if (obstacle == null) {
            return this;
        }
        Transport next = this == IO_URING ? EPOLL.orNext() : NIO;
        if (this == IO_URING) {
            LOG.warn("transport not available: transport={} reason={} instead={}", this, reason(obstacle), next);
        }
        return next;
    }

    /** Returns how {@code loop}'s sockets are opened. */
    public static SocketChannel open(EventLoop loop) {
        IoEventLoop io = (IoEventLoop) loop;
        if (io.isIoType(EpollIoHandler.class)) {
            return new EpollSocketChannel();
        }
        return io.isIoType(IoUringIoHandler.class) ? new IoUringSocketChannel() : new NioSocketChannel();
    }

    /** Starts {@code threads} event loops. */
    public EventLoopGroup loops(int threads) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("headgate-loop"), handlers());
    }

    /** Returns the class of listening sockets. */
    public Class<? extends ServerSocketChannel> serverChannel() {
        return serverChannel;
    }

    private IoHandlerFactory handlers() {
        return switch (this) {
            case IO_URING -> IoUringIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    private @Nullable Throwable obstacle() {
        return switch (this) {
            case IO_URING -> IoUring.unavailabilityCause();
            case EPOLL -> Epoll.unavailabilityCause();
            case NIO -> null;
        };
    }

    private static String reason(Throwable obstacle) {
        Throwable root = obstacle;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Returns its name as in configurations. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
