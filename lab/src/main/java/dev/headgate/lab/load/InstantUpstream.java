package dev.headgate.lab.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A provider that answers as soon as a request is whole, with what the {@link Workload} in its model's name says. */
public final class InstantUpstream implements AutoCloseable {
    private static final int BACKLOG = 4_096;

    private final EventLoopGroup loop;
    private final Channel listener;

    private InstantUpstream(EventLoopGroup loop, Channel listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** Starts one on any free loopback port. */
    public static InstantUpstream start() {
        EventLoopGroup loop = Loops.one("lab-upstream");
        UpstreamAnswers answers = new UpstreamAnswers();
        Channel listener = new ServerBootstrap()
                .group(loop)
                .channel(Loops.listening())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new UpstreamConnection(answers));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return new InstantUpstream(loop, listener);
    }

    /** Returns the port it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Closes every connection. */
    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
