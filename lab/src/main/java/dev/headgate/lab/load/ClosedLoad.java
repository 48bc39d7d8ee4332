package dev.headgate.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections that each send the next request as soon as the last is answered, until closed. Counts are written by the one
 * event loop and read by anybody.
 */
public final class ClosedLoad implements AutoCloseable {
    private static final long RECONNECT_MILLIS = 20;
    private static final long AFTER_ERROR_MILLIS = 200;
    /** New connections come half a millisecond apart, so that none is refused for a full backlog. */
    private static final long RAMP_MICROS = 500;

    private final EventLoopGroup loop = Loops.one("lab-callers");
    private final Workload workload;
    private final ByteBuf request;
    private final Bootstrap bootstrap;

    private volatile boolean isClosing;
    private final LongAdder answers = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final AtomicInteger open = new AtomicInteger();
    private volatile long longestGapNanos;

    private ClosedLoad(LoadTarget target, Workload workload) {
        this.workload = workload;
        byte[] bytes = Messages.request(target.base(), target.headers(), workload);
        this.request = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(Loops.connecting())
                .option(ChannelOption.TCP_NODELAY, true)
                .remoteAddress(target.base().getHost(), target.base().getPort())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Connection());
                    }
                });
    }

    /** Opens {@code connections} and begins. */
    public static ClosedLoad start(LoadTarget target, Workload workload, int connections) {
        ClosedLoad load = new ClosedLoad(target, workload);
        for (int i = 0; i < connections; i++) {
            load.connectAfter(i * RAMP_MICROS, TimeUnit.MICROSECONDS);
        }
        return load;
    }

    /** Returns what has come until now. */
    public LoadCounts counts() {
        return new LoadCounts(answers.sum(), errors.sum(), events.sum(), System.nanoTime());
    }

    /** Returns how many connections are open. */
    public int open() {
        return open.get();
    }

    /** Returns the longest time between two events of one stream. */
    public long longestGapNanos() {
        return longestGapNanos;
    }

    /** Closes every connection, whatever it waits for. */
    @Override
    public void close() {
        isClosing = true;
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void connectAfter(long delay, TimeUnit unit) {
        var _ = loop.schedule(this::connect, delay, unit);
    }

    private void connect() {
        var _ = bootstrap.connect().addListener(done -> {
            if (!done.isSuccess() && !isClosing) {
                errors.increment();
                connectAfter(RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** One connection: at most one request under way. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private final AnswerParser parser = new AnswerParser();
        private int eventsSeen;
        private long lastEventNanos;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            open.incrementAndGet();
            send(context.channel());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open.decrementAndGet();
            if (!isClosing) {
                errors.increment();
                connectAfter(RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                while (in.isReadable()) {
                    boolean hasEnded = parser.read(in);
                    countEvents();
                    if (hasEnded) {
                        ended(context.channel());
                    }
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }

        private void countEvents() {
            int seen = parser.events();
            if (seen == eventsSeen) {
                return;
            }
            events.add(seen - eventsSeen);
            long now = System.nanoTime();
            if (eventsSeen > 0) {
                longestGapNanos = Math.max(longestGapNanos, now - lastEventNanos);
            }
            lastEventNanos = now;
            eventsSeen = seen;
        }

        private void ended(Channel channel) {
            if (parser.status() == 200 && parser.events() >= workload.events()) {
                answers.increment();
                send(channel);
            } else {
                errors.increment();
                // Whoever refuses at once would be asked as fast as he can refuse, which is another load than the one
                // meant.
                var _ = loop.schedule(() -> send(channel), AFTER_ERROR_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void send(Channel channel) {
            eventsSeen = 0;
            if (!isClosing) {
                var _ = channel.writeAndFlush(request.duplicate(), channel.voidPromise());
            }
        }
    }
}
