package dev.headgate.gateway.upstream;

import dev.headgate.gateway.TestCertificate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 server on loopback whose answers a test writes frame by frame. */
final class H2Server implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final Channel server;

    /** Runs {@code script} when the head of a request has come. */
    H2Server(@Nullable TestCertificate certificate, int maxStreams, Consumer<Stream> script) {
        SslContext tls = certificate == null ? null : tls(certificate);
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.incrementAndGet();
                        connections.add(channel);
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer()
                                        .initialSettings(
                                                Http2Settings.defaultSettings().maxConcurrentStreams(maxStreams))
                                        .validateHeaders(false)
                                        .encoderIgnoreMaxHeaderListSize(true)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new Frames(script));
                                    }
                                }));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private static SslContext tls(TestCertificate certificate) {
        try {
            return SslContextBuilder.forServer(certificate.key(), certificate.certificate())
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
        } catch (SSLException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    int accepted() {
        return accepted.get();
    }

    /** Returns how many streams the client has reset. */
    int resets() {
        return resets.get();
    }

    /** Returns how many bytes of bodies have come. */
    long bodyBytes() {
        return bodyBytes.get();
    }

    int open() {
        return connections.size();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Frames extends ChannelInboundHandlerAdapter {
        private final Consumer<Stream> script;

        Frames(Consumer<Stream> script) {
            this.script = script;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame head) {
                script.accept(new Stream(context.channel(), head.headers()));
            } else if (frame instanceof Http2DataFrame data) {
                bodyBytes.addAndGet(data.content().readableBytes());
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof Http2ResetFrame) {
                resets.incrementAndGet();
            }
            ReferenceCountUtil.release(event);
        }
    }

    /** One request's stream. */
    record Stream(Channel channel, Http2Headers request) {
        Stream head(int status, String... fields) {
            return head(false, status, fields);
        }

        /** Sends a head that is all. */
        Stream headAlone(int status, String... fields) {
            return head(true, status, fields);
        }

        private Stream head(boolean isEnd, int status, String... fields) {
            Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            var _ = channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, isEnd));
            return this;
        }

        Stream data(String text) {
            return data(text.getBytes(StandardCharsets.UTF_8), false);
        }

        Stream lastData(String text) {
            return data(text.getBytes(StandardCharsets.UTF_8), true);
        }

        Stream data(byte[] bytes, boolean isEnd) {
            var _ = channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), isEnd));
            return this;
        }

        Stream trailers(String name, String value) {
            var _ = channel.writeAndFlush(
                    new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add(name, value), true));
            return this;
        }

        void reset(Http2Error error) {
            var _ = channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
        }

        void goAway() {
            var _ = channel.parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        }

        /** Neither hears nor says anything any more, as if the network were cut. */
        void fallSilent() {
            channel.parent().pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object bytes) {
                    ReferenceCountUtil.release(bytes);
                }
            });
        }

        void closeConnection() {
            var _ = channel.parent().pipeline().firstContext().close();
        }
    }
}
