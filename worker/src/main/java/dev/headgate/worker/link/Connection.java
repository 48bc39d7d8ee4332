package dev.headgate.worker.link;

import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.ProtocolError;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One open WebSocket. Thread-safe; ends once, whoever ends it. */
final class Connection {
    /** A dispatcher that does not read must not keep a worker from ending. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final WebSocket socket;
    private final Outbox outbox;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long lastHeardNanos = System.nanoTime();

    Connection(WebSocket socket, Consumer<Throwable> broken) {
        this.socket = socket;
        this.outbox = new Outbox(socket, broken);
    }

    Outbox outbox() {
        return outbox;
    }

    void heard() {
        lastHeardNanos = System.nanoTime();
    }

    long silentNanos() {
        return System.nanoTime() - lastHeardNanos;
    }

    /** Asks for a sign of life. */
    void ping() {
        var _ = socket.sendPing(ByteBuffer.allocate(0)).exceptionally(_ -> socket); // a dead one shows by its silence
    }

    /** Returns true to the one caller that ends this connection. */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    boolean isOpen() {
        return !ended.get();
    }

    void abort() {
        socket.abort();
    }

    /** Closes after everything queued has been sent; the future ends when the last byte is out or failed. */
    CompletableFuture<Void> closeGracefully() {
        return close(WebSocket.NORMAL_CLOSURE, "bye");
    }

    /**
     * Tells the dispatcher what it did wrong and closes. The JDK's client refuses to send 1003, 1007 and 1009, which it
     * leaves to servers: those go out as 4400, with the code meant in the ProtocolError.
     */
    void refuse(ProtocolViolation violation) {
        ProtocolError error = ProtocolError.newBuilder()
                .setCode(Integer.toString(violation.closeCode()))
                .setMessage(String.valueOf(violation.getMessage()))
                .build();
        outbox.send(Frame.newBuilder().setError(error).build());
        var _ = close(WorkerProtocol.CLOSE_VIOLATION, "protocol violation");
    }

    private CompletableFuture<Void> close(int code, String reason) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        outbox.whenEmpty(() -> {
            var _ = socket.sendClose(code, reason).whenComplete((_, _) -> closed.complete(null));
        });
        return closed.completeOnTimeout(null, CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
