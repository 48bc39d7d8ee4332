package dev.headgate.lab.live;

import dev.headgate.lab.load.Loops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI-compatible servers on loopback ports, one for each replica, that stream chat completions at the pace of modelled
 * engines. Requests for the model {@link ChatBodies#WARM_UP} are answered at once.
 */
final class LiveServer implements AutoCloseable {
    private static final int BACKLOG = 1_024;

    private final EventLoopGroup loop = Loops.one("lab-engines");
    private final List<Channel> listeners = new ArrayList<>();
    private volatile @Nullable LiveService service;

    private LiveServer() {}

    /** Starts {@code replicas} servers, which refuse what is to be measured until {@link #serve}. */
    static LiveServer start(int replicas) {
        LiveServer server = new LiveServer();
        try {
            for (int i = 0; i < replicas; i++) {
                server.listeners.add(server.listen(i));
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private Channel listen(int replica) {
        return new ServerBootstrap()
                .group(loop)
                .channel(Loops.listening())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new LiveConnection(LiveServer.this, replica));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** Returns the ports, in the order of replicas. */
    List<Integer> ports() {
        return listeners.stream()
                .map(listener -> ((InetSocketAddress) listener.localAddress()).getPort())
                .toList();
    }

    /** Has requests served by {@code other} from now on. */
    void serve(LiveService other) {
        service = other;
    }

    /** Returns who serves, null before a run. */
    @Nullable
    LiveService service() {
        return service;
    }

    /** Closes every connection. */
    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
