package dev.headgate.gateway.http;

import dev.headgate.core.request.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request with its whole body, and the way back.
 *
 * <p>Thread-safe, save what is said to belong to the event loop. The first answer is sent, later ones are dropped; an answer
 * to a client that has gone is dropped too.
 */
public final class Exchange {
    private static final byte[] NO_BYTES = {};

    private final ChannelHandlerContext context;
    private final HttpRequest request;
    private final String path;
    private final Routes routes;
    private final AnswerListener answered;
    private final AtomicBoolean hasAnswer = new AtomicBoolean();
    private @Nullable ByteBuf buffer; // until it is taken or copied; confined to the event loop
    private byte[] body = NO_BYTES;
    private volatile @Nullable Runnable onGone;
    private volatile boolean gone;
    private @Nullable CallerListener caller;
    private final boolean asksToStay; // the handler may change the head
    private boolean stays;
    private boolean endsByClose;
    private String tenant = "";

    Exchange(
            ChannelHandlerContext context,
            HttpRequest request,
            String path,
            ByteBuf body,
            Routes routes,
            AnswerListener answered) {
        this.context = context;
        this.request = request;
        this.path = path;
        this.buffer = body;
        this.routes = routes;
        this.answered = answered;
        this.asksToStay = HttpUtil.isKeepAlive(request);
    }

    static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** Returns the path, without the query, as sent. */
    public String path() {
        return path;
    }

    /** Returns the query without its question mark, empty if there is none. */
    public String query() {
        return path.length() == request.uri().length() ? "" : request.uri().substring(path.length() + 1);
    }

    /** Returns the header's first value, empty if it was not sent. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.headers().get(name));
    }

    /** Returns the body; not to be changed. Empty for handlers that take buffers. */
    public byte[] body() {
        return body;
    }

    /** Returns the body, which is the caller's to release; empty once taken. On the event loop. */
    public ByteBuf takeBody() {
        ByteBuf taken = buffer;
        buffer = null;
        return taken == null ? Unpooled.EMPTY_BUFFER : taken;
    }

    /** Returns the body, which stays the exchange's; empty once taken. On the event loop. */
    public ByteBuf peekBody() {
        ByteBuf untaken = buffer;
        return untaken == null ? Unpooled.EMPTY_BUFFER : untaken;
    }

    /** Copies the body for {@link #body}. On the event loop. */
    public void copyBody() {
        ByteBuf taken = takeBody();
        body = ByteBufUtil.getBytes(taken);
        taken.release();
    }

    void releaseBody() {
        takeBody().release();
    }

    /** Returns the request's head as it was decoded; nothing else reads it any more, so it may be changed. */
    public HttpRequest head() {
        return request;
    }

    /** Returns how errors are written here. */
    public ErrorShape shape() {
        return routes.shape(path);
    }

    /** Returns whether the caller speaks HTTP/2. */
    public boolean isHttp2() {
        return context.channel() instanceof Http2StreamChannel;
    }

    /** Returns who asks, empty without authentication. */
    public String tenant() {
        return tenant;
    }

    /** Says who asks. */
    void tenant(String name) {
        tenant = name;
    }

    /** Returns the event loop of the connection, for short work on the way to the answer. */
    public EventLoop loop() {
        return context.channel().eventLoop();
    }

    /** Returns where buffers for the answer come from. */
    public ByteBufAllocator allocator() {
        return context.alloc();
    }

    /** Returns where longer work may be done that would hold up the other connections of the loop. */
    public Executor offLoop() {
        return routes.offLoop();
    }

    /** Runs {@code action} if the client goes away before it has an answer; at once if it already has. */
    public void onGone(Runnable action) {
        onGone = action;
        if (gone) {
            action.run();
        }
    }

    /** Answers with JSON. */
    public void answer(int status, byte[] json) {
        answer(status, EmptyHttpHeaders.INSTANCE, json);
    }

    /** Answers with JSON and further headers. */
    public void answer(int status, HttpHeaders headers, byte[] json) {
        if (hasAnswer.compareAndSet(false, true)) {
            stays = mayStay();
            FullHttpResponse response = AnswerFraming.whole(request, status, headers, json, stays);
            if (context.executor().inEventLoop()) {
                write(response);
            } else {
                context.executor().execute(() -> write(response));
            }
        }
    }

    /** Answers with a failure in this route's shape. */
    public void fail(Failure failure) {
        fail(failure, ErrorShape.Subject.NONE, EmptyHttpHeaders.INSTANCE);
    }

    /** Answers with a failure that is about {@code subject}. */
    public void fail(Failure failure, ErrorShape.Subject subject) {
        fail(failure, subject, EmptyHttpHeaders.INSTANCE);
    }

    /** Answers with a failure and further headers. */
    public void fail(Failure failure, ErrorShape.Subject subject, HttpHeaders headers) {
        answer(failure.kind().httpStatus(), ErrorShape.headers(failure).add(headers), shape().body(failure, subject));
    }

    /**
     * Begins an answer that {@linkplain #write goes on}: the head is written, not flushed. Without {@code content-length} the
     * body is chunked, or for HTTP/1.0 ends with the connection. Returns false if there is an answer already. On the event
     * loop, as is all of a streamed answer.
     */
    public boolean begin(HttpResponse head) {
        if (gone || !hasAnswer.compareAndSet(false, true)) {
            return false;
        }
        frame(head);
        var _ = context.write(head, context.voidPromise());
        return true;
    }

    private void frame(HttpResponse head) {
        stays = mayStay();
        endsByClose = AnswerFraming.frame(head, request, context.channel(), stays);
    }

    private boolean mayStay() {
        return asksToStay && (isHttp2() || !answered.isEnding());
    }

    private boolean keepsAlive() {
        return !endsByClose && stays;
    }

    /** Writes a piece of the body, which is released here; not flushed. On the event loop. */
    public void write(ByteBuf content) {
        if (gone) {
            content.release();
        } else {
            // HTTP/1.1's encoder takes bytes as they are, which spares an object for each event of a stream.
            Object piece = context.channel() instanceof Http2StreamChannel ? new DefaultHttpContent(content) : content;
            var _ = context.write(piece, context.voidPromise());
        }
    }

    /** Sends what was written. On the event loop. */
    public void flush() {
        var _ = context.flush();
    }

    /** Returns whether the caller's connection takes more; if not, {@link CallerListener#writable} follows. */
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Returns the bytes that must leave until the caller's connection takes more; 0 if it does. */
    public long bytesBeforeWritable() {
        return context.channel().bytesBeforeWritable();
    }

    /** Ends a streamed answer well; flushes. On the event loop. */
    public void end(HttpHeaders trailers) {
        if (gone) {
            return;
        }
        LastHttpContent last = trailers.isEmpty()
                ? LastHttpContent.EMPTY_LAST_CONTENT
                : new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers);
        finish(last);
    }

    /**
     * Answers whole: {@code head} with {@code content}, which is released here. Returns false if there is an answer already.
     * On the event loop.
     */
    public boolean answer(HttpResponse head, ByteBuf content) {
        if (gone || !hasAnswer.compareAndSet(false, true)) {
            content.release();
            return false;
        }
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        if (!AnswerFraming.isBodyless(head) && (!isHead || content.isReadable())) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(content.readableBytes()));
        }
        if (isHead) {
            content.release();
        }
        frame(head);
        finish(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                head.status(),
                isHead ? Unpooled.EMPTY_BUFFER : content,
                head.headers(),
                EmptyHttpHeaders.INSTANCE));
        return true;
    }

    private void finish(LastHttpContent last) {
        caller = null;
        if (keepsAlive() && !answered.isEnding()) {
            var _ = context.writeAndFlush(last, context.voidPromise());
            answered.answered(true);
        } else { // what closes the connection waits until the answer has left
            var _ = context.writeAndFlush(last).addListener(_ -> answered.answered(false));
        }
    }

    /** Breaks a streamed answer off, so that the caller cannot take it for whole. On the event loop. */
    public void abort() {
        caller = null;
        if (gone) {
            return;
        }
        if (context.channel() instanceof Http2StreamChannel) {
            var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (endsByClose) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = context.close();
    }

    /** {@linkplain #abort Breaks off} and drops what the caller has not taken, which the system would go on offering. */
    public void drop() {
        endsByClose = true;
        abort();
    }

    /** Says who hears of the caller from now on, until the answer ends; at once if it is gone. On the event loop. */
    public void listen(CallerListener listener) {
        if (gone) {
            listener.gone();
        } else {
            caller = listener;
        }
    }

    void writable() {
        CallerListener listener = caller;
        if (listener != null) {
            listener.writable();
        }
    }

    private void write(FullHttpResponse response) {
        ChannelFuture written = context.writeAndFlush(response);
        if (written.isDone()) {
            answered.answered(stays);
        } else {
            var _ = written.addListener(_ -> answered.answered(stays));
        }
    }

    /** The client is gone; called on the event loop. */
    void gone() {
        gone = true;
        CallerListener listener = caller;
        if (listener != null) {
            caller = null;
            listener.gone();
        }
        Runnable action = onGone;
        if (action != null && hasAnswer.compareAndSet(false, true)) {
            action.run();
        }
    }

    /** Hears that the answer was written, or never will be as the connection is gone. */
    interface AnswerListener {
        /** Called once, on the event loop. */
        void answered(boolean keepAlive);

        /** Returns whether the server ends, and the connection with this answer; from any thread. */
        boolean isEnding();
    }
}
