package dev.headgate.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.WorkerProtocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The dispatcher's end of the wire, driven by a test frame by frame. */
final class FakeDispatcher implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;
    private final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<HttpHeaders> refused = new LinkedBlockingQueue<>();
    private volatile int refuseWith;

    FakeDispatcher() {
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(65_536),
                                        new Refusals(),
                                        new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
                                                .websocketPath(WorkerProtocol.PATH)
                                                .subprotocols(WorkerProtocol.SUBPROTOCOL)
                                                .maxFramePayloadLength(WorkerProtocol.MAX_FRAME_BYTES)
                                                .handleCloseFrames(false)
                                                .sendCloseFrame(null)
                                                .build()),
                                        new Frames());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    URI uri() {
        return URI.create(
                "ws://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort() + WorkerProtocol.PATH);
    }

    /** Answers upgrades with an HTTP status from here on; zero accepts them. */
    void refuseWith(int status) {
        refuseWith = status;
    }

    /** Waits for the next upgrade that is refused. */
    HttpHeaders awaitRefused() throws InterruptedException {
        return present(refused.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "an upgrade to refuse");
    }

    /** Waits for the next connection. */
    Session awaitSession() throws InterruptedException {
        return present(sessions.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "a connection");
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static <T> T present(@Nullable T value, String what) {
        if (value == null) {
            throw new AssertionError("no " + what + " within " + PATIENCE_SECONDS + " s");
        }
        return value;
    }

    /** One connected worker. */
    static final class Session {
        private final Channel channel;
        private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();

        Session(Channel channel) {
            this.channel = channel;
        }

        void send(Frame.Builder frame) {
            var _ = channel.writeAndFlush(new BinaryWebSocketFrame(
                    Unpooled.wrappedBuffer(frame.build().toByteArray())));
        }

        void sendRaw(byte[] bytes) {
            var _ = channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
        }

        void sendText(String text) {
            var _ = channel.writeAndFlush(new TextWebSocketFrame(text));
        }

        void close(int code) {
            var _ = channel.writeAndFlush(new CloseWebSocketFrame(code, "test"));
        }

        /** Breaks the connection without a word. */
        void drop() {
            channel.close().syncUninterruptibly();
        }

        /** Waits for the next frame of any kind. */
        Frame next() throws InterruptedException {
            return present(frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "frame");
        }

        /** Waits for a frame that matches, passing over others. */
        Frame await(Predicate<Frame> wanted) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (System.nanoTime() < deadline) {
                Frame frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame != null && wanted.test(frame)) {
                    return frame;
                }
            }
            throw new AssertionError("no such frame within " + PATIENCE_SECONDS + " s");
        }

        /** Waits for the worker's close code, 1006 if it just went. */
        int awaitClose() throws InterruptedException {
            return present(closes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "close");
        }
    }

    private final class Refusals extends SimpleChannelInboundHandler<FullHttpRequest> {
        Refusals() {
            super(false);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            if (refuseWith == 0) {
                context.fireChannelRead(request);
                return;
            }
            refused.add(request.headers());
            request.release();
            DefaultFullHttpResponse answer =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(refuseWith));
            answer.headers().set("content-length", 0);
            var _ = context.writeAndFlush(answer);
        }
    }

    private final class Frames extends ChannelInboundHandlerAdapter {
        private @Nullable Session session;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                session = new Session(context.channel());
                sessions.add(session);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws InvalidProtocolBufferException {
            Session open = session;
            try {
                if (open != null && message instanceof BinaryWebSocketFrame frame) {
                    open.frames.add(Frame.parseFrom(ByteString.copyFrom(ByteBufUtil.getBytes(frame.content()))));
                } else if (open != null && message instanceof CloseWebSocketFrame close) {
                    open.closes.add(close.statusCode());
                    var _ = context.close();
                }
            } finally {
                if (message instanceof WebSocketFrame frame) {
                    frame.release();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (session != null) {
                session.closes.add(1006);
            }
        }
    }
}
