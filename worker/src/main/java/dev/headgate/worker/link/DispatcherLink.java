package dev.headgate.worker.link;

import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker connected to its dispatcher until it is closed.
 *
 * <p>Owned by one serial executor: its methods are called there, and so is its listener. Silence for the dispatcher's
 * time to live breaks the connection, as a peer that vanished without a word would otherwise hold it for ever.
 */
public final class DispatcherLink {
    private static final Logger LOG = LoggerFactory.getLogger(DispatcherLink.class);

    private final LinkOptions options;
    private final LinkListener listener;
    private final ScheduledExecutorService owner;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LinkOptions.PATIENCE)
            .build();
    private final Backoff backoff;
    private @Nullable Connection current;
    private boolean wentAway; // the dispatcher said that it stops
    private boolean accepted;
    private boolean closed;
    private Duration maxSilence = LinkOptions.PATIENCE;
    private String lastTrouble = "";

    /** Creates a link that is not yet {@linkplain #start started}. */
    public DispatcherLink(LinkOptions options, LinkListener listener, ScheduledExecutorService owner) {
        this.options = options;
        this.listener = listener;
        this.owner = owner;
        this.backoff = new Backoff(new SplittableRandom(options.seed()));
    }

    /** Starts to connect. */
    public void start() {
        connect();
    }

    /** Returns whether the dispatcher has welcomed this worker on the connection in use. */
    public boolean isWelcomed() {
        return current != null && accepted;
    }

    /** Notes the dispatcher's Welcome; from here on silence of {@code maxSilence} breaks the connection. */
    public void welcomed(Duration maxSilence) {
        this.maxSilence = maxSilence;
        accepted = true;
        lastTrouble = "";
        backoff.reset();
    }

    /** Sends a frame, or drops it if there is no connection: whatever matters is said again after the next Welcome. */
    public void send(Frame frame) {
        if (current != null) {
            current.outbox().send(frame);
        }
    }

    /** Sends the parts of a payload; a frame that announces them must have been sent before. */
    public void sendParts(Iterator<Part> parts) {
        if (current != null && parts.hasNext()) {
            current.outbox().sendParts(parts);
        }
    }

    /** Asks the dispatcher for a sign of life and breaks the connection if the last one is too old. */
    public void probe() {
        Connection connection = current;
        if (connection == null) {
            return;
        }
        if (connection.silentNanos() > maxSilence.toNanos()) {
            connection.abort();
            ended(connection, FrameReceiver.BROKEN, "silent for " + maxSilence.toMillis() + " ms");
            return;
        }
        connection.ping();
    }

    /** Sends what is queued, closes the connection and makes no other; the future ends when that is done. */
    public CompletableFuture<Void> close() {
        closed = true;
        return current == null ? CompletableFuture.completedFuture(null) : current.closeGracefully();
    }

    /** Ends at once, without a word to the dispatcher. */
    public void abort() {
        closed = true;
        if (current != null) {
            current.abort();
            current = null;
        }
        http.shutdownNow();
    }

    private void connect() {
        if (closed) {
            return;
        }
        WebSocket.Builder builder = http.newWebSocketBuilder()
                .connectTimeout(LinkOptions.PATIENCE)
                .subprotocols(WorkerProtocol.SUBPROTOCOL)
                .header(WorkerProtocol.WORKER_ID_HEADER, options.workerId());
        try {
            if (options.tokenFile().isPresent()) {
                String token = Files.readString(options.tokenFile().get()).strip();
                builder.header(WorkerProtocol.AUTHORIZATION_HEADER, "Bearer " + token);
            }
        } catch (IOException | IllegalArgumentException e) {
            retry("cannot use the token in " + options.tokenFile().get() + "; make it a readable file with one line");
            return;
        }
        Incoming incoming = new Incoming();
        var _ = builder.buildAsync(options.dispatcher(), new FrameReceiver(incoming))
                .whenComplete((socket, failure) -> owner.execute(() -> {
                    if (failure != null) {
                        retry(HandshakeTrouble.describe(options, failure));
                    } else {
                        opened(socket, incoming);
                    }
                }));
    }

    private void opened(WebSocket socket, Incoming incoming) {
        Connection connection =
                new Connection(socket, failure -> incoming.ended(FrameReceiver.BROKEN, reason(failure)));
        if (closed) {
            connection.abort();
            return;
        }
        current = connection;
        accepted = false;
        maxSilence = LinkOptions.PATIENCE;
        incoming.attach(connection);
        connection.outbox().send(Frame.newBuilder().setHello(listener.opened()).build());
        var _ = owner.schedule(
                () -> giveUpUnlessWelcomed(connection), LinkOptions.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void giveUpUnlessWelcomed(Connection connection) {
        if (current == connection && !accepted) {
            connection.abort();
            ended(connection, FrameReceiver.BROKEN, "no answer to Hello");
        }
    }

    private void received(Connection connection, Frame frame) {
        if (current != connection) {
            return;
        }
        connection.heard();
        try {
            listener.received(frame);
        } catch (ProtocolViolation violation) {
            refuse(connection, violation);
        }
    }

    private void refuse(Connection connection, ProtocolViolation violation) {
        if (current == connection) {
            connection.refuse(violation);
            ended(connection, violation.closeCode(), "the dispatcher broke the protocol: " + violation.getMessage());
        }
    }

    private void ended(Connection connection, int code, String reason) {
        if (!connection.end() || current != connection) {
            return;
        }
        current = null;
        accepted = false;
        listener.closed(code);
        if (!closed) {
            wentAway = code == WorkerProtocol.CLOSE_GOING_AWAY;
            retry("the connection to " + options.dispatcher() + " ended (" + code
                    + (reason.isEmpty() ? "" : ", " + reason) + ")");
        }
    }

    private void retry(String trouble) {
        if (closed) {
            return;
        }
        if (trouble.equals(lastTrouble)) {
            LOG.debug("{}; trying again", trouble);
        } else if (wentAway) {
            LOG.info("{}; trying again", trouble);
            lastTrouble = trouble;
        } else {
            LOG.warn("{}; trying again", trouble);
            lastTrouble = trouble;
        }
        var _ = owner.schedule(this::connect, backoff.next().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Carries what one WebSocket receives to the owner, in order; what comes before {@link #attach} waits for it. */
    private final class Incoming implements FrameReceiver.Target {
        private final Queue<Consumer<Connection>> early = new ArrayDeque<>(); // owner's thread
        private @Nullable Connection connection; // owner's thread

        void attach(Connection opened) {
            connection = opened;
            early.forEach(action -> action.accept(opened));
            early.clear();
        }

        @Override
        public void frame(Frame frame) {
            later(open -> received(open, frame));
        }

        @Override
        public void alive() {
            later(Connection::heard);
        }

        @Override
        public void violated(ProtocolViolation violation) {
            later(open -> refuse(open, violation));
        }

        @Override
        public void ended(int code, String reason) {
            later(open -> DispatcherLink.this.ended(open, code, reason));
        }

        private void later(Consumer<Connection> action) {
            owner.execute(() -> {
                Connection open = connection;
                if (open == null) {
                    early.add(action);
                } else {
                    action.accept(open);
                }
            });
        }
    }
}
