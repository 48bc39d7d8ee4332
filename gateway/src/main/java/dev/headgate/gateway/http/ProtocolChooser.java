package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first bytes of a connection and sets it up for HTTP/2, if they are its preface, or else for HTTP/1.1.
 *
 * <p>An offer to upgrade from HTTP/1.1 to HTTP/2 is passed over, as RFC 9110 allows: some clients make it together with a
 * body that they expect to be read.
 */
final class ProtocolChooser extends ByteToMessageDecoder {
    private static final int MAX_STREAMS = 1000;

    private final HttpLimits limits;
    private final Supplier<RequestReader> readers;
    private @Nullable ScheduledFuture<?> timer;

    ProtocolChooser(HttpLimits limits, Supplier<RequestReader> readers) {
        this.limits = limits;
        this.readers = readers;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        closeAfter(context, limits.idleTime());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        cancel();
    }

    private void closeAfter(ChannelHandlerContext context, Duration wait) {
        cancel();
        timer = context.executor().schedule(() -> close(context), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        try {
            int length = Math.min(in.readableBytes(), preface.readableBytes());
            boolean matches = ByteBufUtil.equals(in, in.readerIndex(), preface, preface.readerIndex(), length);
            if (matches && length < preface.readableBytes()) {
                closeAfter(context, limits.headerTime());
                return;
            }
            if (matches) {
                http2(context.pipeline());
            } else {
                http1(context.pipeline());
            }
            context.pipeline().remove(this);
        } finally {
            preface.release();
        }
    }

    private void http1(ChannelPipeline pipeline) {
        RequestReader reader = readers.get();
        ReadDeadlines deadlines = new ReadDeadlines(limits, reader);
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.MAX_HEADER_BYTES)
                .setMaxHeaderSize(HttpLimits.MAX_HEADER_BYTES)
                .setMaxChunkSize(64 * 1024);
        pipeline.addLast("deadlines", deadlines);
        pipeline.addLast("codec", new HttpServerCodec(config));
        pipeline.addLast("progress", deadlines.new Progress());
        pipeline.addLast("reader", reader);
    }

    private void http2(ChannelPipeline pipeline) {
        Http2Settings settings = Http2Settings.defaultSettings()
                .maxConcurrentStreams(MAX_STREAMS)
                .maxHeaderListSize(HttpLimits.MAX_HEADER_BYTES)
                .initialWindowSize(1 << 20);
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer().initialSettings(settings).build();
        pipeline.addLast("idle", new IdleConnection(limits, codec));
        pipeline.addLast("codec", codec);
        pipeline.addLast("streams", new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                RequestReader reader = readers.get();
                stream.pipeline().addLast("body-time", new StreamDeadline(limits, reader));
                stream.pipeline().addLast("reader", reader);
            }
        }));
        pipeline.addLast("last", new LastHandler());
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }
}
