package dev.headgate.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One HTTP/2 connection with prior knowledge, which the JDK's client cannot make. */
final class H2Client implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel connection;

    H2Client(TestGateway gateway) {
        this(gateway, Http2Settings.defaultSettings());
    }

    H2Client(TestGateway gateway, Http2Settings settings) {
        connection = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient()
                                                .initialSettings(settings)
                                                .build(),
                                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                    }
                })
                .connect("127.0.0.1", gateway.port())
                .syncUninterruptibly()
                .channel();
    }

    Stream get(String path) {
        Stream stream = open();
        stream.headers("GET", path, true);
        return stream;
    }

    Stream post(String path, String body) {
        Stream stream = open();
        stream.headers("POST", path, false);
        stream.data(body.getBytes(StandardCharsets.UTF_8), true);
        return stream;
    }

    /** Opens a stream and says nothing on it. */
    Stream open() {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Http2StreamChannel channel = new Http2StreamChannelBootstrap(connection)
                .handler(new AnswerReader(answer))
                .open()
                .syncUninterruptibly()
                .getNow();
        return new Stream(channel, answer);
    }

    /** Returns whether the server wants no more streams. */
    boolean isToldToLeave() {
        return connection.pipeline().get(Http2FrameCodec.class).connection().goAwayReceived();
    }

    boolean closesWithin(int millis) {
        return connection.closeFuture().awaitUninterruptibly(millis);
    }

    @Override
    public void close() {
        connection.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One request. */
    record Stream(Http2StreamChannel channel, CompletableFuture<Answer> answering) {
        void headers(String method, String path, boolean last) {
            Http2Headers headers = new DefaultHttp2Headers()
                    .method(method)
                    .path(path)
                    .scheme("http")
                    .authority("h");
            channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, last)).syncUninterruptibly();
        }

        void headers(Http2Headers headers) {
            var _ = channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true));
        }

        void data(byte[] bytes, boolean last) {
            var _ = channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last));
        }

        /** Lets the server send so many bytes more. */
        void takeMore(int bytes) {
            Http2Connection all =
                    channel.parent().pipeline().get(Http2FrameCodec.class).connection();
            channel.eventLoop()
                    .submit(() -> {
                        var window = all.local().flowController();
                        window.incrementWindowSize(all.connectionStream(), bytes);
                        window.incrementWindowSize(all.stream(channel.stream().id()), bytes);
                        channel.parent().flush();
                        return bytes;
                    })
                    .syncUninterruptibly();
        }

        void reset() {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).syncUninterruptibly();
        }

        Answer answer() {
            return answering
                    .orTimeout(TestGateway.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    /** One answer; status −1 if the stream was reset instead. */
    record Answer(int status, String body) {}

    private static final class AnswerReader extends SimpleChannelInboundHandler<Http2StreamFrame> {
        private final CompletableFuture<Answer> answer;
        private final StringBuilder body = new StringBuilder();
        private int status = -1;

        AnswerReader(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
            boolean last = false;
            switch (frame) {
                case Http2HeadersFrame headers -> {
                    status = Integer.parseInt(headers.headers().status().toString());
                    last = headers.isEndStream();
                }
                case Http2DataFrame data -> {
                    body.append(data.content().toString(StandardCharsets.UTF_8));
                    last = data.isEndStream();
                }
                default -> {}
            }
            if (last) {
                answer.complete(new Answer(status, body.toString()));
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof Http2ResetFrame) {
                answer.complete(new Answer(-1, ""));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.complete(new Answer(-1, ""));
        }
    }
}
