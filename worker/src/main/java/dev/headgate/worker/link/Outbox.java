package dev.headgate.worker.link;

import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Part;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait to be sent on one connection.
 *
 * <p>One is in flight at a time. Control frames go first and in order; payloads follow, one part of each in turn, so the
 * largest result delays a heartbeat by one part. Thread-safe; bounded by {@link #MAX_CONTROL_FRAMES} and, for payloads, by
 * the results the worker keeps.
 */
final class Outbox {
    /** A dispatcher that leaves this many small frames unread is not reading. */
    private static final int MAX_CONTROL_FRAMES = 10_000;

    private final WebSocket socket;
    private final Consumer<Throwable> broken;
    private final Object lock = new Object();
    private final Queue<Frame> control = new ArrayDeque<>(); // guarded by lock
    private final Queue<Iterator<Part>> payloads = new ArrayDeque<>(); // guarded by lock
    private boolean sending; // guarded by lock
    private @Nullable Runnable onEmpty; // guarded by lock

    Outbox(WebSocket socket, Consumer<Throwable> broken) {
        this.socket = socket;
        this.broken = broken;
    }

    /** Queues a control frame. */
    void send(Frame frame) {
        synchronized (lock) {
            if (control.size() >= MAX_CONTROL_FRAMES) {
                broken.accept(new IllegalStateException("the dispatcher reads nothing"));
                return;
            }
            control.add(frame);
        }
        pump();
    }

    /** Queues the parts of a payload, behind the control frame that announces them. */
    void sendParts(Iterator<Part> parts) {
        synchronized (lock) {
            payloads.add(parts);
        }
        pump();
    }

    /** Runs {@code action} once nothing waits to be sent. */
    void whenEmpty(Runnable action) {
        synchronized (lock) {
            onEmpty = action;
        }
        pump();
    }

    private void pump() {
        Frame next;
        Runnable empty = null;
        synchronized (lock) {
            if (sending) {
                return;
            }
            next = poll();
            if (next == null) {
                empty = onEmpty;
                onEmpty = null;
            } else {
                sending = true;
            }
        }
        if (next != null) {
            transmit(next);
        } else if (empty != null) {
            empty.run();
        }
    }

    private @Nullable Frame poll() {
        Frame frame = control.poll();
        if (frame != null) {
            return frame;
        }
        Iterator<Part> parts = payloads.poll();
        if (parts == null) {
            return null;
        }
        Frame part = Frame.newBuilder().setPart(parts.next()).build();
        if (parts.hasNext()) {
            payloads.add(parts);
        }
        return part;
    }

    private void transmit(Frame frame) {
        var _ = socket.sendBinary(ByteBuffer.wrap(frame.toByteArray()), true).whenComplete((_, failure) -> {
            if (failure != null) {
                broken.accept(failure);
                return;
            }
            synchronized (lock) {
                sending = false;
            }
            pump();
        });
    }
}
