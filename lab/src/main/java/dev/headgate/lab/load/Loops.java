package dev.headgate.lab.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Event loops of one thread, on epoll where there is one. */
public final class Loops {
    private static final boolean HAS_EPOLL = Epoll.isAvailable();

    private Loops() {}

    /** Returns a group of one thread called {@code name}, a daemon. */
    public static EventLoopGroup one(String name) {
        return new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory(name, true),
                HAS_EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** Returns the channel of a listener on such a loop. */
    public static Class<? extends ServerChannel> listening() {
        return HAS_EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Returns the channel of a connection that is opened on such a loop. */
    public static Class<? extends SocketChannel> connecting() {
        return HAS_EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }
}
