package dev.headgate.gateway.dispatch;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.gateway.http.ErrorShape;
import dev.headgate.gateway.http.PartingAnswer;
import dev.headgate.gateway.http.Upgrade;
import dev.headgate.worker.protocol.WorkerProtocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets workers in: {@code GET /worker-listen} with an id, a token if they are asked for, and the right subprotocol. */
public final class WorkerUpgrade implements Upgrade {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerUpgrade.class);
    private static final int MAX_REMEMBERED_ADDRESSES = 1024;

    private final Dispatcher dispatcher;
    private final Map<String, Long> warnedAtNanos = new ConcurrentHashMap<>();

    /** Creates the door to {@code dispatcher}. */
    public WorkerUpgrade(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public void upgrade(ChannelHandlerContext context, HttpRequest request) {
        String token = request.headers().get(WorkerProtocol.AUTHORIZATION_HEADER, "");
        if (!mayEnter(token)) {
            warnOncePerMinute(context.channel().remoteAddress());
            // The delay makes guessing slow; it costs no thread.
            var _ = context.executor()
                    .schedule(
                            () -> refuse(
                                    context,
                                    HttpResponseStatus.UNAUTHORIZED,
                                    Failure.of(FailureKind.UNAUTHORIZED, "the worker's token is missing or wrong")),
                            1,
                            TimeUnit.SECONDS);
            return;
        }
        String problem = problem(request);
        if (problem != null) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, Failure.of(FailureKind.INVALID_REQUEST, problem));
            return;
        }
        String id = request.headers().get(WorkerProtocol.WORKER_ID_HEADER);
        shake(context, request, new EndpointId(id));
    }

    private boolean mayEnter(String authorization) {
        boolean matches = dispatcher.options().workerTokens().isEmpty();
        for (Token token : dispatcher.options().workerTokens()) {
            matches |= token.isIn(authorization);
        }
        return matches;
    }

    private static @Nullable String problem(HttpRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            return "method: " + request.method() + " (expected: GET, for a WebSocket upgrade)";
        }
        if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)
                || !request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13", true)) {
            return "Sec-WebSocket-Key or Sec-WebSocket-Version is missing or wrong (expected: a key and version 13)";
        }
        String id = request.headers().get(WorkerProtocol.WORKER_ID_HEADER);
        if (id == null) {
            return "header " + WorkerProtocol.WORKER_ID_HEADER + " is missing";
        }
        if (!WorkerProtocol.isWorkerId(id)) {
            return "header " + WorkerProtocol.WORKER_ID_HEADER
                    + " is not valid (expected: 1 to 128 of A-Z a-z 0-9 . _ : -)";
        }
        String offered = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
        boolean known =
                Arrays.stream(offered.split(",", -1)).map(String::strip).anyMatch(WorkerProtocol.SUBPROTOCOL::equals);
        return known
                ? null
                : "subprotocol: " + (offered.isEmpty() ? "none" : offered) + " (expected: " + WorkerProtocol.SUBPROTOCOL
                        + ")";
    }

    private void shake(ChannelHandlerContext context, HttpRequest request, EndpointId id) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(WorkerProtocol.MAX_FRAME_BYTES)
                .allowExtensions(false)
                .closeOnProtocolViolation(false) // the session says why before it closes
                .build();
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshaker13(WorkerProtocol.PATH, WorkerProtocol.SUBPROTOCOL, config);
        WorkerSession session = new WorkerSession(dispatcher, id, context.channel());
        FullHttpRequest whole = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                request.headers());
        for (String handler : new String[] {"deadlines", "progress", "reader"}) {
            context.pipeline().remove(handler);
        }
        var _ = handshaker.handshake(context.channel(), whole).addListener(done -> {
            if (done.isSuccess()) {
                context.pipeline().addLast(new WebSocketFrameAggregator(WorkerProtocol.MAX_FRAME_BYTES));
                context.pipeline().addLast(session);
            } else {
                var _ = context.close();
            }
        });
    }

    private static void refuse(ChannelHandlerContext context, HttpResponseStatus status, Failure failure) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                Unpooled.wrappedBuffer(ErrorShape.TASK.body(failure, ErrorShape.Subject.NONE)));
        response.headers()
                .set(ErrorShape.headers(failure))
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        PartingAnswer.send(context, response);
    }

    private void warnOncePerMinute(SocketAddress remote) {
        String address =
                remote instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : String.valueOf(remote);
        long now = System.nanoTime();
        if (warnedAtNanos.size() >= MAX_REMEMBERED_ADDRESSES) {
            warnedAtNanos.clear();
        }
        // Two attempts on two event loops are one warning: whoever puts the time in warns.
        boolean mine = warnedAtNanos.merge(
                        address, now, (before, next) -> next - before > TimeUnit.MINUTES.toNanos(1) ? next : before)
                == now;
        if (mine) {
            LOG.warn("a worker with a missing or wrong token was refused: remote={}", address);
        }
    }
}
