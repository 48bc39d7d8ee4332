package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2: many exchanges at a time, each a {@link Http2Stream}. It is ready once the peer's settings say how
 * many streams it takes. Owned by its loop.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {
    /** What a stream may send before it must be read: the bound of what a pause leaves in memory. */
    private static final int STREAM_WINDOW = 256 * 1024;

    /** Longer than an attempt that is given up for a good reason, as a hedge, usually takes. */
    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A peer that lives says so within a round trip; nothing is lost if it does not, but the connection. */
    private static final int PING_SECONDS = 2;

    private final ConnectionPool pool;
    private final Channel channel;
    private final Http2FrameCodec codec;
    private @Nullable Consumer<Http2Connection> whenReady;
    private @Nullable BiConsumer<AttemptFailure, String> whenFailed;
    private int active;
    private int served;
    private boolean isDraining;
    private boolean isClosed;
    private long heardNanos;
    private @Nullable ScheduledFuture<?> doubt; // set while the peer is asked whether it lives

    /** When its last stream ended. */
    long idleSinceNanos;

    /** Takes over {@code channel}; tells one of {@code ready} and {@code failed}, later. */
    Http2Connection(
            ConnectionPool pool,
            Channel channel,
            Consumer<Http2Connection> ready,
            BiConsumer<AttemptFailure, String> failed) {
        this.pool = pool;
        this.channel = channel;
        this.whenReady = ready;
        this.whenFailed = failed;
        codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings()
                        .pushEnabled(false)
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(AnswerDecoder.MAX_HEAD_BYTES))
                .gracefulShutdownTimeoutMillis(0)
                .build();
    }

    /** Begins to speak; the channel is connected and, if it has to be, encrypted. */
    void setUp() throws Http2Exception {
        channel.config().setOption(ChannelOption.AUTO_CLOSE, true);
        channel.pipeline().addLast(codec, new Http2MultiplexHandler(new NoPush()), this);
        // Streams that are paused must not hold up the others.
        int all = STREAM_WINDOW * pool.owner().settings().maxStreams();
        codec.connection()
                .local()
                .flowController()
                .incrementWindowSize(codec.connection().connectionStream(), all);
        channel.flush();
    }

    ConnectionPool pool() {
        return pool;
    }

    Channel channel() {
        return channel;
    }

    /** Returns whether it can take one request more. */
    boolean hasRoom() {
        Endpoint<?> local = codec.connection().local();
        return whenReady == null
                && doubt == null
                && !isDraining
                && !isClosed
                && channel.isActive()
                && active < pool.owner().settings().maxStreams()
                && local.canOpenStream();
    }

    /** Returns how many requests it has taken. */
    int served() {
        return served;
    }

    /** Returns whether it carries nothing. */
    boolean isIdle() {
        return active == 0;
    }

    /** Sends the request of {@code exchange} on a stream of its own. */
    void start(Exchange exchange) {
        if (active == 0) {
            pool.owner().idled(-1);
        }
        active++;
        served++;
        isDraining |= !pool.gate().allowsAfter(served);
        new Http2Stream(this, exchange, served > 1).open();
    }

    /** A stream no longer carries its exchange. */
    void left() {
        active--;
        if (active == 0 && !isClosed) {
            rests();
        }
    }

    private void rests() {
        idleSinceNanos = System.nanoTime();
        pool.owner().idled(1);
    }

    /** A stream is closed, so another may be opened. */
    void closedStream() {
        if (isDraining && active == 0) {
            close();
        } else {
            pool.hasRoom(this);
        }
    }

    /**
     * A request that was sent at {@code sinceNanos} is given up without an answer. If nothing at all has come since, the
     * peer may be gone without a word: it is asked, takes no requests until it answers, and is given up if it does not.
     */
    void unanswered(long sinceNanos) {
        boolean isSilent = heardNanos - sinceNanos < 0 && System.nanoTime() - sinceNanos >= SILENT_NANOS;
        if (isSilent && doubt == null && !isDraining && !isClosed) {
            doubt = pool.loop().schedule(this::drain, PING_SECONDS, TimeUnit.SECONDS);
            var _ = channel.writeAndFlush(new DefaultHttp2PingFrame(0));
        }
    }

    private void trust() {
        if (doubt != null) {
            doubt.cancel(false);
            doubt = null;
            pool.hasRoom(this);
        }
    }

    /** Takes no more requests and closes when those it has are done. */
    void drain() {
        isDraining = true;
        if (active == 0) {
            close();
        }
    }

    void close() {
        isDraining = true;
        var _ = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof Http2SettingsFrame && whenReady != null) {
                Consumer<Http2Connection> ready = whenReady;
                whenReady = null;
                whenFailed = null;
                rests();
                ready.accept(this);
            } else if (message instanceof Http2GoAwayFrame) {
                drain();
            } else if (message instanceof Http2PingFrame ping && ping.ack()) {
                trust();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        heardNanos = System.nanoTime();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (doubt != null) {
            doubt.cancel(false);
        }
        if (whenFailed == null) {
            if (active == 0) {
                pool.owner().idled(-1);
            }
            isClosed = true;
            pool.closed(this);
        } else {
            failed(AttemptFailure.NOT_HTTP, "connection closed before HTTP/2 settings");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (whenFailed == null) {
            close();
        } else {
            failed(AttemptFailure.NOT_HTTP, AnswerRules.reason(cause));
        }
    }

    private void failed(AttemptFailure kind, String detail) {
        BiConsumer<AttemptFailure, String> told = whenFailed;
        if (told != null) {
            whenFailed = null;
            told.accept(kind, detail);
        }
    }

    /** The peer is told not to open streams; one that does is closed by the codec. */
    @Sharable
    private static final class NoPush extends ChannelHandlerAdapter {}
}
