package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects one request at a time and hands it over whole, within the limits.
 *
 * <p>Requests that a client sends ahead wait in a short queue; when it is full, reading stops, as it does while the budget
 * of all bodies is used up, and between requests while the client does not take its answers. A request that breaks a limit is answered and its connection closed, as the rest of it cannot
 * be told from the next request. Confined to the connection's event loop. HTTP/2 streams have one reader each.
 */
final class RequestReader extends ChannelInboundHandlerAdapter implements Exchange.AnswerListener {
    private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);

    private final Routes routes;
    private final HttpLimits limits;
    private final BodyBudget budget;
    private final OpenExchanges open;
    private final SentAhead sentAhead = new SentAhead();
    private @Nullable ChannelHandlerContext ownContext;
    private @Nullable HttpRequest head;
    private String path = "";
    private String tenant = "";
    private boolean isOpen; // counted
    private long maxBodyBytes;
    private @Nullable BodyBuffer body; // null while there is none
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
    public void handlerAdded(ChannelHandlerContext context) {
        ownContext = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpObject object)) {
            context.fireChannelRead(message);
        } else if (isDiscarding) {
            ReferenceCountUtil.release(object);
        } else if (exchange != null || !sentAhead.isEmpty() || mustTakeFirst(context)) {
            sentAhead.add(object);
            adjustReading(context);
        } else {
            read(context, object);
        }
    }

    /** Returns whether the client must take the answers it has before it is given another. */
    private boolean mustTakeFirst(ChannelHandlerContext context) {
        return head == null && exchange == null && !context.channel().isWritable();
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
        String target = OriginForm.of(request.uri());
        if (target == null) {
            refuse(context, Refusal.notHttp("its target is neither a path nor a URL"));
            return false;
        }
        request.setUri(target);
        head = request;
        path = Exchange.pathOf(target);
        Refusal refusal = HeadRules.refusal(request, isStream(context));
        if (refusal != null) {
            refuse(context, refusal);
            return false;
        }
        Upgrade upgrade = routes.upgrade(path);
        if (upgrade != null && isWebSocket(request)) {
            isDiscarding = true;
            upgrade.upgrade(context, request);
            return false;
        }
        Optional<String> asking = routes.tenant(path, request);
        if (asking.isEmpty()) {
            refuse(context, Refusal.UNAUTHORIZED);
            return false;
        }
        tenant = asking.get();
        maxBodyBytes = routes.maxBodyBytes(path, limits.bodyBytes());
        if (HttpUtil.getContentLength(request, 0L) > maxBodyBytes) {
            refuseTooLarge(context);
            return false;
        }
        isOpen = true;
        open.opened();
        if (HttpUtil.is100ContinueExpected(request)) {
            var _ = context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        return true;
    }

    private static boolean isStream(ChannelHandlerContext context) {
        return context.channel() instanceof Http2StreamChannel;
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
        if (bytes > 0) {
            BodyBuffer collected = body;
            if (collected == null) {
                collected = new BodyBuffer(context.alloc());
                body = collected;
            }
            if (collected.size() + bytes > maxBodyBytes) {
                refuseTooLarge(context);
                return;
            }
            collected.add(piece);
            if (!take(context, bytes, content instanceof LastHttpContent)) {
                return;
            }
        }
        if (content instanceof LastHttpContent) {
            handOver(context, request);
        }
    }

    /** Counts what is held; returns false if the request is refused as there is no room. */
    private boolean take(ChannelHandlerContext context, int bytes, boolean isLast) {
        BodyBudget.Share taken = share;
        if (taken == null) {
            taken = budget.open(() -> context.executor().execute(() -> resume(context)));
            share = taken;
        }
        boolean mayReadOn = taken.take(bytes);
        if (!mayReadOn && routes.refusesWhenFull(path)) {
            refuse(context, Refusal.NO_ROOM);
            return false;
        }
        if (!mayReadOn && !isLast) {
            awaitsRoom = true;
            adjustReading(context);
        }
        return true;
    }

    private void handOver(ChannelHandlerContext context, HttpRequest request) {
        if (share != null) {
            share.whole();
        }
        awaitsRoom = false;
        BodyBuffer collected = body;
        body = null;
        head = null;
        Exchange next = new Exchange(
                context, request, path, collected == null ? Unpooled.EMPTY_BUFFER : collected.whole(), routes, this);
        next.tenant(tenant);
        exchange = next;
        adjustReading(context);
        routes.handle(request.method(), next);
    }

    private void resume(ChannelHandlerContext context) {
        awaitsRoom = false;
        adjustReading(context);
    }

    private void adjustReading(ChannelHandlerContext context) {
        boolean reads = isDiscarding || (!awaitsRoom && sentAhead.hasRoom() && !mustTakeFirst(context));
        if (context.channel().config().isAutoRead() != reads) {
            context.channel().config().setAutoRead(reads);
        }
    }

    @Override
    public boolean isEnding() {
        return open.isEnding();
    }

    /** The answer was written; goes on with what was sent ahead. */
    @Override
    public void answered(boolean keepAlive) {
        ChannelHandlerContext context = Objects.requireNonNull(ownContext);
        end();
        if (!keepAlive) {
            isDiscarding = true;
            var _ = context.close();
            return;
        }
        catchUp(context);
    }

    private void catchUp(ChannelHandlerContext context) {
        if (catchesUp) {
            return; // answered at once, within the loop below
        }
        catchesUp = true;
        while (exchange == null && !isDiscarding && !sentAhead.isEmpty() && !mustTakeFirst(context)) {
            read(context, sentAhead.next());
        }
        catchesUp = false;
        adjustReading(context);
    }

    private void end() {
        Exchange ended = exchange;
        if (ended != null) {
            exchange = null;
            ended.releaseBody();
        }
        over();
    }

    private void refuseTooLarge(ChannelHandlerContext context) {
        refuse(context, Refusal.tooLarge(maxBodyBytes, routes.refusesWhenFull(path)));
    }

    private void refuseUndecodable(ChannelHandlerContext context, Throwable cause) {
        boolean isTooLong = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
        if (isTooLong) {
            refuse(context, Refusal.HEAD_TOO_LONG);
        } else {
            refuse(context, Refusal.NOT_HTTP);
        }
    }

    /** The client took too long; what it has sent so far is dropped. */
    void timedOut(ChannelHandlerContext context, String what) {
        if (exchange == null && !isDiscarding) {
            refuse(context, Refusal.late(what));
        }
    }

    /** Answers without reading on, and closes. */
    private void refuse(ChannelHandlerContext context, Refusal refusal) {
        HttpRequest refused = head;
        FullHttpResponse answer = refusal.answer(refused == null ? routes.shape() : routes.shape(path));
        if (refused != null && HttpMethod.HEAD.equals(refused.method())) {
            answer.content().clear();
        }
        isDiscarding = true;
        drop();
        adjustReading(context);
        PartingAnswer.send(context, answer);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        isDiscarding = true;
        Exchange unanswered = exchange;
        end();
        drop();
        sentAhead.release();
        if (unanswered != null) {
            unanswered.gone();
        }
        super.channelInactive(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        Exchange answering = exchange;
        if (context.channel().isWritable()) {
            if (answering == null) {
                catchUp(context);
            } else {
                answering.writable();
            }
        }
        super.channelWritabilityChanged(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("connection ends: remote={} reason={}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }

    private void drop() {
        BodyBuffer collected = body;
        if (collected != null) {
            body = null;
            collected.release();
        }
        head = null;
        over();
    }

    /** The request has been answered, or will not be. */
    private void over() {
        if (isOpen) {
            isOpen = false;
            open.ended();
        }
        BodyBudget.Share taken = share;
        if (taken != null) {
            share = null;
            taken.give();
        }
    }
}
