package dev.headgate.gateway.http;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects one request at a time and hands it over whole, within the limits.
 *
 * <p>Requests that a client sends ahead wait in a short queue; when it is full, reading stops, as it does while the budget
 * of all bodies is used up. A request that breaks a limit is answered and its connection closed, as the rest of it cannot
 * be told from the next request. Confined to the connection's event loop. HTTP/2 streams have one reader each.
 */
final class RequestReader extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);
    private static final int MAX_SENT_AHEAD = 64; // objects, not requests
    private static final int MAX_SENT_AHEAD_BYTES = 64 * 1024;

    private final Routes routes;
    private final HttpLimits limits;
    private final BodyBudget budget;
    private final OpenExchanges open;
    private final Queue<HttpObject> sentAhead = new ArrayDeque<>();
    private int sentAheadBytes;
    private @Nullable HttpRequest head;
    private BodyBuffer body = new BodyBuffer(0);
    private BodyBudget.@Nullable Share share;
    private @Nullable Exchange exchange;
    private boolean awaitsRoom;
    private boolean catchesUp;
    private boolean isDiscarding;

    RequestReader(Routes routes, HttpLimits limits, BodyBudget budget, OpenExchanges open) {
        this.routes = routes;
        this.limits = limits;
        this.budget = budget;
        this.open = open;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpObject object)) {
            context.fireChannelRead(message);
        } else if (isDiscarding) {
            ReferenceCountUtil.release(object);
        } else if (exchange != null || !sentAhead.isEmpty()) {
            sentAhead.add(object);
            sentAheadBytes += bytesOf(object);
            adjustReading(context);
        } else {
            read(context, object);
        }
    }

    private static int bytesOf(HttpObject object) {
        return object instanceof HttpContent content ? content.content().readableBytes() : 0;
    }

    private void read(ChannelHandlerContext context, HttpObject object) {
        try {
            if (object.decoderResult().isFailure()) {
                refuseUndecodable(context, object.decoderResult().cause());
                return;
            }
            if (object instanceof HttpRequest request && !begin(context, request)) {
                return;
            }
            if (object instanceof HttpContent content) {
                collect(context, content);
            }
        } finally {
            ReferenceCountUtil.release(object);
        }
    }

    /** Takes a request's header; returns false if the request is refused or taken over by an upgrade. */
    private boolean begin(ChannelHandlerContext context, HttpRequest request) {
        head = request;
        Upgrade upgrade = routes.upgrade(Exchange.pathOf(request.uri()));
        if (upgrade != null && isWebSocket(request)) {
            isDiscarding = true;
            upgrade.upgrade(context, request);
            return false;
        }
        long announcedBytes = HttpUtil.getContentLength(request, 0L);
        if (announcedBytes > limits.bodyBytes()) {
            refuseTooLarge(context);
            return false;
        }
        body = new BodyBuffer((int) announcedBytes);
        if (HttpUtil.is100ContinueExpected(request)) {
            var _ = context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        return true;
    }

    private static boolean isWebSocket(HttpRequest request) {
        return request.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
    }

    private void collect(ChannelHandlerContext context, HttpContent content) {
        HttpRequest request = head;
        if (request == null) {
            return;
        }
        ByteBuf piece = content.content();
        int bytes = piece.readableBytes();
        if (body.size() + (long) bytes > limits.bodyBytes()) {
            refuseTooLarge(context);
            return;
        }
        if (bytes > 0) {
            body.add(piece);
            take(context, bytes, content instanceof LastHttpContent);
        }
        if (content instanceof LastHttpContent) {
            handOver(context, request);
        }
    }

    private void take(ChannelHandlerContext context, int bytes, boolean isLast) {
        BodyBudget.Share taken = share;
        if (taken == null) {
            taken = budget.open(() -> context.executor().execute(() -> resume(context)));
            share = taken;
        }
        boolean mayReadOn = taken.take(bytes);
        if (!mayReadOn && !isLast) {
            awaitsRoom = true;
            adjustReading(context);
        }
    }

    private void handOver(ChannelHandlerContext context, HttpRequest request) {
        if (share != null) {
            share.whole();
        }
        awaitsRoom = false;
        byte[] whole = body.whole();
        body = new BodyBuffer(0);
        head = null;
        ErrorShape shape = routes.shape(Exchange.pathOf(request.uri()));
        Exchange next = new Exchange(
                context, request, whole, shape, routes.offLoop(), keepAlive -> finished(context, keepAlive));
        exchange = next;
        open.opened();
        adjustReading(context);
        routes.handle(request.method(), next);
    }

    private void resume(ChannelHandlerContext context) {
        awaitsRoom = false;
        adjustReading(context);
    }

    private void adjustReading(ChannelHandlerContext context) {
        boolean reads = isDiscarding
                || (!awaitsRoom && sentAhead.size() < MAX_SENT_AHEAD && sentAheadBytes < MAX_SENT_AHEAD_BYTES);
        if (context.channel().config().isAutoRead() != reads) {
            context.channel().config().setAutoRead(reads);
        }
    }

    /** The answer was written; goes on with what was sent ahead. */
    private void finished(ChannelHandlerContext context, boolean keepAlive) {
        end();
        if (!keepAlive) {
            isDiscarding = true;
            var _ = context.close();
            return;
        }
        if (catchesUp) {
            return; // answered at once, within the loop below
        }
        catchesUp = true;
        while (exchange == null && !isDiscarding && !sentAhead.isEmpty()) {
            HttpObject next = sentAhead.remove();
            sentAheadBytes -= bytesOf(next);
            read(context, next);
        }
        catchesUp = false;
        adjustReading(context);
    }

    private void end() {
        if (exchange != null) {
            exchange = null;
            open.ended();
        }
        giveBack();
    }

    private void refuseTooLarge(ChannelHandlerContext context) {
        Failure failure = Failure.of(FailureKind.TOO_LARGE, "the body is larger than " + limits.bodyBytes() + " bytes");
        refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, failure);
    }

    private void refuseUndecodable(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException) {
            String message = "the request line or header is larger than " + HttpLimits.MAX_HEADER_BYTES + " bytes";
            refuse(
                    context,
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    Failure.of(FailureKind.INVALID_REQUEST, message));
        } else {
            Failure failure = Failure.of(FailureKind.INVALID_REQUEST, "the request is not valid HTTP");
            refuse(context, HttpResponseStatus.BAD_REQUEST, failure);
        }
    }

    /** The client took too long; what it has sent so far is dropped. */
    void timedOut(ChannelHandlerContext context, String what) {
        if (exchange == null && !isDiscarding) {
            Failure failure = Failure.of(FailureKind.INVALID_REQUEST, "the " + what + " did not arrive in time");
            refuse(context, HttpResponseStatus.REQUEST_TIMEOUT, failure);
        }
    }

    /** Answers without reading on, and closes. */
    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, Failure failure) {
        HttpRequest request = head;
        ErrorShape shape = request == null ? ErrorShape.TASK : routes.shape(Exchange.pathOf(request.uri()));
        isDiscarding = true;
        drop();
        adjustReading(context);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(shape.body(failure, ErrorShape.Subject.NONE)));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        PartingAnswer.send(context, response);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        isDiscarding = true;
        Exchange unanswered = exchange;
        end();
        drop();
        sentAhead.forEach(ReferenceCountUtil::release);
        sentAhead.clear();
        if (unanswered != null) {
            unanswered.gone();
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("connection ends: remote={} reason={}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }

    private void drop() {
        body = new BodyBuffer(0);
        head = null;
        giveBack();
    }

    private void giveBack() {
        BodyBudget.Share taken = share;
        if (taken != null) {
            share = null;
            taken.give();
        }
    }
}
