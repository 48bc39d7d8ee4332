package dev.headgate.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The handlers of a connection, once it is known what is spoken on it.
 *
 * <p>An offer to upgrade from HTTP/1.1 to HTTP/2 is passed over, as RFC 9110 allows: some clients make it together with a
 * body that they expect to be read.
 */
final class Protocols {
    /** The name of HTTP/2's codec in a connection's pipeline. */
    static final String HTTP2 = "codec";

    private static final int MAX_STREAMS = 1000;

    /** How long a connection that is closed waits for its streams. */
    private static final int LAST_STREAMS_MILLIS = 1000;

    private final HttpLimits limits;
    private final Supplier<RequestReader> readers;
    private final LongAdder untakenBytes = new LongAdder();

    Protocols(HttpLimits limits, Supplier<RequestReader> readers) {
        this.limits = limits;
        this.readers = readers;
    }

    /** Returns the bytes of answers that callers have not taken of their HTTP/2 streams. */
    long untakenBytes() {
        return untakenBytes.sum();
    }

    void http1(ChannelPipeline pipeline) {
        RequestReader reader = readers.get();
        ReadDeadlines deadlines = new ReadDeadlines(limits, reader);
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.MAX_HEADER_BYTES)
                .setMaxHeaderSize(HttpLimits.MAX_HEADER_BYTES)
                .setMaxChunkSize(64 * 1024);
        pipeline.addLast("deadlines", deadlines);
        RequestDecoder decoder = new RequestDecoder(config);
        pipeline.addLast("decoder", decoder);
        pipeline.addLast("encoder", new ResponseEncoder(decoder));
        pipeline.addLast("progress", deadlines.new Progress());
        pipeline.addLast("reader", reader);
    }

    void http2(ChannelPipeline pipeline) {
        Http2Settings settings = Http2Settings.defaultSettings()
                .maxConcurrentStreams(MAX_STREAMS)
                .maxHeaderListSize(HttpLimits.MAX_HEADER_BYTES)
                .initialWindowSize(1 << 20);
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(settings)
                .gracefulShutdownTimeoutMillis(LAST_STREAMS_MILLIS)
                .build();
        pipeline.addLast("idle", new IdleConnection(limits, codec));
        pipeline.addLast(HTTP2, codec);
        pipeline.addLast("streams", new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                stream.pipeline().addLast("untaken", new UntakenAnswer(limits, untakenBytes));
                RequestReader reader = readers.get();
                stream.pipeline().addLast("body-time", new StreamDeadline(limits, reader));
                stream.pipeline().addLast("reader", reader);
            }
        }));
        pipeline.addLast("last", new LastHandler());
    }
}
