package dev.headgate.client.okhttp;

import dev.headgate.client.Fields;
import dev.headgate.client.Transport.Broken;
import dev.headgate.client.Transport.Exchange;
import dev.headgate.client.Transport.Receiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/** One attempt: a call that is made, and whose answer is read, by the application's thread; any other may cancel it. */
final class OkHttpExchange implements Exchange {
    private static final long PIECE_BYTES = 16 * 1024;

    private final Call call;
    private final Receiver receiver;
    private final CallerTransport caller;
    private final ReentrantLock using = new ReentrantLock(); // held by the thread that makes the call or reads
    private @Nullable Response response; // guarded by using
    private volatile boolean isCancelled;

    OkHttpExchange(Call call, Receiver receiver, CallerTransport caller) {
        this.call = call;
        this.receiver = receiver;
        this.caller = caller;
    }

    /** Makes the call. On the application's thread. */
    void begin() {
        Response answered;
        using.lock();
        try {
            if (isCancelled) {
                return;
            }
            answered = call.execute();
            response = answered;
        } catch (IOException e) {
            tell(Broken.beforeAnswer(e));
            return;
        } finally {
            using.unlock();
            caller.left(call);
            closeIfCancelled();
        }
        caller.answeredOver(answered.protocol());
        receiver.answered(answered.code(), fields(answered));
    }

    /** That the application gave up is no failure of a backend; its thread finds out by itself. */
    private void tell(Broken broken) {
        if (!caller.isCancelled() && !Thread.currentThread().isInterrupted()) {
            receiver.failed(broken);
        }
    }

    private static Fields fields(Response answered) {
        Fields.Builder fields = Fields.builder();
        for (int i = 0; i < answered.headers().size(); i++) {
            fields.add(answered.headers().name(i), answered.headers().value(i));
        }
        return fields.build();
    }

    @Override
    public void more() {
        caller.waitFor(this::read);
    }

    private void read() {
        Buffer piece = new Buffer();
        long count;
        using.lock();
        try {
            Response answered = response;
            if (isCancelled || answered == null) {
                return;
            }
            count = Objects.requireNonNull(answered.body(), "what was asked for has a body")
                    .source()
                    .read(piece, PIECE_BYTES);
            if (count < 0) {
                answered.close();
            }
        } catch (IOException e) {
            tell(Broken.afterHead(e));
            return;
        } finally {
            using.unlock();
            closeIfCancelled();
        }
        if (count < 0) {
            receiver.ended();
        } else {
            receiver.content(List.of(ByteBuffer.wrap(piece.readByteArray())));
        }
    }

    @Override
    public void cancel() {
        isCancelled = true;
        call.cancel();
        caller.left(call);
        closeIfCancelled();
    }

    /** Closes it, unless a thread is within: that one does, as the call is cancelled. */
    private void closeIfCancelled() {
        if (!isCancelled || !using.tryLock()) {
            return;
        }
        try {
            Response open = response;
            if (open != null) {
                open.close();
            }
        } finally {
            using.unlock();
        }
    }
}
