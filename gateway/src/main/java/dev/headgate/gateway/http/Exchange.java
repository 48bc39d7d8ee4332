package dev.headgate.gateway.http;

import dev.headgate.core.request.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request with its whole body, and the way back.
 *
 * <p>Thread-safe. The first answer is sent, later ones are dropped; an answer to a client that has gone is dropped too.
 */
public final class Exchange {
    private final ChannelHandlerContext context;
    private final HttpRequest request;
    private final byte[] body;
    private final String path;
    private final ErrorShape shape;
    private final Executor offLoop;
    private final AnswerListener answered;
    private final AtomicBoolean hasAnswer = new AtomicBoolean();
    private volatile @Nullable Runnable onGone;
    private volatile boolean gone;
    private String tenant = "";

    Exchange(
            ChannelHandlerContext context,
            HttpRequest request,
            byte[] body,
            ErrorShape shape,
            Executor offLoop,
            AnswerListener answered) {
        this.context = context;
        this.request = request;
        this.body = body;
        this.path = pathOf(request.uri());
        this.shape = shape;
        this.offLoop = offLoop;
        this.answered = answered;
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

    /** Returns the body; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Returns how errors are written here. */
    public ErrorShape shape() {
        return shape;
    }

    /** Returns who asks, empty without authentication. */
    public String tenant() {
        return tenant;
    }

    /** Says who asks. */
    public void tenant(String name) {
        tenant = name;
    }

    /** Returns the event loop of the connection, for short work on the way to the answer. */
    public Executor loop() {
        return context.executor();
    }

    /** Returns where longer work may be done that would hold up the other connections of the loop. */
    public Executor offLoop() {
        return offLoop;
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
            FullHttpResponse response = response(status, headers, json);
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
        answer(failure.kind().httpStatus(), ErrorShape.headers(failure).add(headers), shape.body(failure, subject));
    }

    private FullHttpResponse response(int status, HttpHeaders headers, byte[] json) {
        boolean bodyless = request.method().equals(HttpMethod.HEAD);
        ByteBuf content = bodyless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        response.headers()
                .set(headers)
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
        if (!HttpUtil.isKeepAlive(request)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!request.protocolVersion().isKeepAliveDefault()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return response;
    }

    private void write(FullHttpResponse response) {
        ChannelFuture written = context.writeAndFlush(response);
        if (written.isDone()) {
            answered.answered(HttpUtil.isKeepAlive(request));
        } else {
            var _ = written.addListener(_ -> answered.answered(HttpUtil.isKeepAlive(request)));
        }
    }

    /** The client is gone; called on the event loop. */
    void gone() {
        gone = true;
        Runnable action = onGone;
        if (action != null && hasAnswer.compareAndSet(false, true)) {
            action.run();
        }
    }

    /** Hears that the answer has left, or never will as the connection is gone. */
    @FunctionalInterface
    interface AnswerListener {
        /** Called once, on the event loop. */
        void answered(boolean keepAlive);
    }
}
