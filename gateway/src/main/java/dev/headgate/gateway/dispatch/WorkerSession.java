package dev.headgate.gateway.dispatch;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.Joined;
import dev.headgate.core.route.PlacingRouter;
import dev.headgate.gateway.http.PartingAnswer;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ProtocolError;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.TaskRejected;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's connection: frames in, the router's words out.
 *
 * <p>Reading is confined to the connection's event loop; {@link #send} and {@link #close} are thread-safe. A bad frame
 * costs this connection only. What it says counts while the router knows the worker by this connection: a newcomer that was
 * turned away, or a connection that was replaced, cannot speak for the worker.
 */
final class WorkerSession extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);
    private static final int HELLO_SECONDS = 5;
    private static final int MAX_CLOSE_REASON = 120; // bytes in UTF-8; a close frame holds 123

    private final Dispatcher dispatcher;
    private final EndpointId id;
    private final Channel channel;
    private final WorkerResults results;
    private final ReportedModels models = new ReportedModels();
    private final List<Frame.Builder> heldForWelcome = new ArrayList<>(); // confined to the dispatcher's context
    private volatile boolean welcomed;
    private volatile boolean closing;
    private boolean greeted; // confined to the event loop, as is the timer
    private @Nullable ScheduledFuture<?> helloTimer;

    WorkerSession(Dispatcher dispatcher, EndpointId id, Channel channel) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.channel = channel;
        this.results = new WorkerResults(dispatcher.options().resultBytes(), id, this::tell, this::write);
    }

    EndpointId id() {
        return id;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        helloTimer = context.executor()
                .schedule(
                        () -> refuse(violation("no Hello within " + HELLO_SECONDS + " s")),
                        HELLO_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** Sends a frame, after the Welcome; dropped if the connection is gone. */
    void send(Frame.Builder frame) {
        if (welcomed) {
            write(frame);
        } else {
            heldForWelcome.add(frame);
        }
    }

    /** Returns whether the router took the worker in on this connection. */
    boolean isWelcomed() {
        return welcomed;
    }

    private void write(Frame.Builder frame) {
        var _ = channel.writeAndFlush(
                new BinaryWebSocketFrame(Unpooled.wrappedBuffer(frame.build().toByteArray())), channel.voidPromise());
    }

    /** Closes the connection with a code and a reason for people. */
    void close(int code, String reason) {
        closing = true;
        String shortened = reason.length() <= MAX_CLOSE_REASON ? reason : reason.substring(0, MAX_CLOSE_REASON);
        PartingAnswer.send(channel, new CloseWebSocketFrame(code, shortened));
        disengage();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (closing) {
            return;
        }
        switch (frame) {
            case BinaryWebSocketFrame binary -> read(binary);
            case TextWebSocketFrame _ -> close(WorkerProtocol.CLOSE_TEXT_FRAME, "frames are binary");
            case PingWebSocketFrame ping -> {
                var _ = channel.writeAndFlush(
                        new PongWebSocketFrame(ping.content().retain()), channel.voidPromise());
                heard();
            }
            case CloseWebSocketFrame close -> echo(close);
            default -> heard();
        }
    }

    private void echo(CloseWebSocketFrame close) {
        closing = true;
        var _ = channel.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
    }

    private void heard() {
        tell(router -> router.workerHeard(id));
    }

    /** Tells the router, if this is still the worker's connection by then. */
    private void tell(Consumer<PlacingRouter> news) {
        dispatcher.tell(router -> {
            if (dispatcher.sessions().isInUse(this)) {
                news.accept(router);
            }
        });
    }

    private void read(BinaryWebSocketFrame binary) {
        try {
            receive(Frame.parseFrom(ByteBufUtil.getBytes(binary.content())));
        } catch (InvalidProtocolBufferException e) {
            refuse(new ProtocolViolation(
                    WorkerProtocol.CLOSE_UNDECODABLE, "the frame is not a valid protobuf message"));
        } catch (ProtocolViolation violation) {
            refuse(violation);
        }
    }

    private void receive(Frame frame) {
        if (!greeted && !frame.hasHello()) {
            throw violation("frame " + frame.getBodyCase() + " before Hello");
        }
        heard();
        switch (frame.getBodyCase()) {
            case HELLO -> greet(frame.getHello());
            case HEARTBEAT -> beat(frame.getHeartbeat());
            case MODEL_STATE -> model(frame.getModelState());
            case ACCEPTED ->
                tell(router -> router.taskAccepted(
                        id, WorkerSessions.key(frame.getAccepted().getLease())));
            case REJECTED -> rejected(frame.getRejected());
            case RESULT -> results.result(frame.getResult());
            case PART -> results.part(frame.getPart());
            case OUTPUT -> LOG.debug("streamed output is not used yet: worker={}", id);
            case DRAIN_REQUEST -> tell(router -> router.workerDrains(id));
            case BYE ->
                tell(router -> {
                    dispatcher.sessions().detach(this);
                    router.workerLeft(id);
                });
            case LOG, STATS -> LOG.debug("{} is not used yet: worker={}", frame.getBodyCase(), id);
            case ERROR ->
                LOG.warn(
                        "the worker reports: worker={} code={} message=\"{}\"",
                        id,
                        frame.getError().getCode(),
                        frame.getError().getMessage());
            case BODY_NOT_SET -> LOG.debug("a frame of a later protocol version is ignored: worker={}", id);
            case WELCOME, ASSIGN, CANCEL, LOAD, UNLOAD, DRAIN, RESULT_ACK, CREDIT, PROBE ->
                throw violation("frame " + frame.getBodyCase() + " comes from dispatchers only");
        }
    }

    private void greet(Hello hello) {
        if (greeted) {
            throw violation("a second Hello");
        }
        if (!hello.getWorkerId().equals(id.value())) {
            throw violation("worker_id: " + hello.getWorkerId() + " (expected: " + id + ", as in the header)");
        }
        greeted = true;
        cancelHelloTimer();
        var offer = Offers.of(hello);
        models.reset(hello.getModelsList());
        dispatcher.tell(router -> {
            WorkerSession before = dispatcher.sessions().attach(this);
            switch (router.workerJoined(offer)) {
                case Joined.Duplicate _ -> {
                    turnAway(before);
                    close(WorkerProtocol.CLOSE_DUPLICATE_ID, "another worker named " + id + " is connected");
                }
                case Joined.Welcome welcome -> {
                    if (before != this) {
                        before.close(WorkerProtocol.CLOSE_GOING_AWAY, "replaced by a newer connection");
                    }
                    welcome(welcome);
                }
            }
        });
    }

    /** Puts the connection that was there back in its place. */
    private void turnAway(WorkerSession before) {
        dispatcher.sessions().detach(this);
        if (before != this) {
            dispatcher.sessions().attach(before);
            heldForWelcome.forEach(before::send);
        }
        heldForWelcome.clear();
    }

    private void welcome(Joined.Welcome welcome) {
        DispatcherOptions options = dispatcher.options();
        write(Frame.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setMinor(WorkerProtocol.MINOR)
                        .setDispatcherId("headgate")
                        .setHeartbeatMs((int) options.heartbeat().toMillis())
                        .setTtlMs((int) options.settings().ttl().toMillis())
                        .setMaxFrameBytes(WorkerProtocol.MAX_FRAME_BYTES)
                        .addAllDropped(welcome.dropped().stream()
                                .map(WorkerSessions::wire)
                                .toList())));
        welcomed = true;
        heldForWelcome.forEach(this::write);
        heldForWelcome.clear();
    }

    private void beat(Heartbeat heartbeat) {
        if (!models.agreesWith(heartbeat.getModelsHash())) {
            throw violation("models_hash differs from the models reported, twice in a row");
        }
    }

    private void model(ModelState state) {
        models.report(state);
        String label = state.getLabel();
        switch (state.getState()) {
            case READY ->
                tell(router -> router.modelReady(
                        id,
                        label,
                        TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(state.getLoadMs())),
                        Math.max(0, state.getSizeBytes())));
            case FAILED ->
                tell(router -> {
                    if (state.getRetryable()) {
                        router.modelFailed(id, label, state.getError());
                    } else {
                        router.modelFailedForGood(id, label, state.getError());
                    }
                });
            case UNLOADED -> tell(router -> router.modelUnloaded(id, label));
            case LOADING, STATE_UNSPECIFIED, UNRECOGNIZED -> LOG.trace("loading: worker={} label={}", id, label);
        }
    }

    private void rejected(TaskRejected rejected) {
        var key = WorkerSessions.key(rejected.getLease());
        LOG.debug("task rejected: worker={} task={} reason={}", id, key.taskUid(), rejected.getReason());
        tell(router -> {
            if (rejected.getReason().equals("not_loaded")) {
                router.taskRejectedNotLoaded(id, key);
            } else {
                router.taskRejected(id, key);
            }
        });
    }

    private void refuse(ProtocolViolation violation) {
        if (closing) {
            return;
        }
        String message = String.valueOf(violation.getMessage());
        LOG.warn("worker connection closed: worker={} reason=\"{}\"", id, message);
        write(Frame.newBuilder()
                .setError(ProtocolError.newBuilder()
                        .setCode(Integer.toString(violation.closeCode()))
                        .setMessage(message)));
        close(violation.closeCode(), message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelHelloTimer();
        disengage();
    }

    /** The router hears that this connection is gone, if it was the worker's. */
    private void disengage() {
        dispatcher.tell(router -> {
            if (dispatcher.sessions().detach(this)) {
                router.workerClosed(id);
            }
        });
    }

    private void cancelHelloTimer() {
        if (helloTimer != null) {
            helloTimer.cancel(false);
            helloTimer = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            int code = corrupted.closeStatus().code();
            refuse(new ProtocolViolation(code, "the WebSocket frame is refused: " + corrupted.getMessage()));
        } else if (cause instanceof TooLongFrameException) {
            refuse(new ProtocolViolation(
                    WorkerProtocol.CLOSE_TOO_BIG,
                    "a message is larger than " + WorkerProtocol.MAX_FRAME_BYTES + " bytes"));
        } else {
            LOG.debug("worker connection ends: worker={} reason={}", id, cause.toString());
            var _ = context.close();
        }
    }

    private static ProtocolViolation violation(String message) {
        return new ProtocolViolation(WorkerProtocol.CLOSE_VIOLATION, message);
    }
}
