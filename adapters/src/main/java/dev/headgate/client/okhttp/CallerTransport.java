package dev.headgate.client.okhttp;

import dev.headgate.client.CallTransport;
import dev.headgate.client.Transport.Exchange;
import dev.headgate.client.Transport.Outgoing;
import dev.headgate.client.Transport.Receiver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Protocol;

/**
 * Keeps what is to be done for one call of the application until its thread does it: first what tells of what has arrived,
 * then, in order, what waits for a server. Others may add work; one thread at a time may do it. Bounded by what one exchange
 * brings.
 */
final class CallerTransport implements CallTransport {
    /** A cancelled call sends no word. */
    private static final long LOOK_MILLIS = 20;

    private final Call call;
    private final Map<Call, FailoverInterceptor.Attempted> attempts;
    private final BlockingDeque<Runnable> work = new LinkedBlockingDeque<>();
    private volatile Protocol protocol = Protocol.HTTP_1_1;

    CallerTransport(Call call, Map<Call, FailoverInterceptor.Attempted> attempts) {
        this.call = call;
        this.attempts = attempts;
    }

    @Override
    public Exchange send(Outgoing request, Receiver receiver) {
        Call attempt = call.clone();
        attempt.timeout().clearTimeout(); // the client keeps that of the whole call
        attempts.put(attempt, new FailoverInterceptor.Attempted(OutgoingBody.request(request), (int)
                Math.max(1, request.connectTimeout().toMillis())));
        OkHttpExchange exchange = new OkHttpExchange(attempt, receiver, this);
        waitFor(exchange::begin);
        return exchange;
    }

    /** An attempt is over, or will never begin. */
    void left(Call attempt) {
        attempts.remove(attempt);
    }

    void answeredOver(Protocol served) {
        protocol = served;
    }

    /** Returns what the last server that answered speaks. */
    Protocol protocol() {
        return protocol;
    }

    @Override
    public boolean isCancelled() {
        return call.isCanceled();
    }

    @Override
    public void execute(Runnable task) {
        work.addFirst(task);
    }

    /** Adds what waits for a server. */
    void waitFor(Runnable task) {
        work.addLast(task);
    }

    /** Lets who waits for work look whether there is still a reason to. */
    void wake() {
        work.addFirst(() -> {});
    }

    /**
     * Does what comes next, or nothing if that takes long in coming.
     *
     * @throws IOException if the call was cancelled, or the thread interrupted
     */
    void runNext() throws IOException {
        if (call.isCanceled()) {
            throw new IOException("Canceled");
        }
        Runnable task;
        try {
            task = work.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
        if (task != null) {
            task.run();
        }
    }
}
