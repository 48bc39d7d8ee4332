package dev.headgate.client;

import dev.headgate.core.failover.FailoverSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request to the best of several backends and, when that fails, to the next: failover in the application itself.
 *
 * <p>Decisions are those of Headgate's gateway, made by the same classes: 429 and 5xx go to the next backend at once, a
 * backend that asked for time is left alone for that long, and a stream that breaks is taken up again. Applications usually
 * hand a client to their SDK by one of the adapters instead of calling it themselves.
 *
 * <p>Thread-safe. After {@link #close} calls throw {@link IllegalStateException}, and those in flight end with an I/O error.
 */
public final class FailoverClient implements AutoCloseable {
    private final Engine engine;
    private final int maxRequestBytes;
    private final Runnable closing;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    FailoverClient(Engine engine, int maxRequestBytes, Runnable closing) {
        this.engine = engine;
        this.maxRequestBytes = maxRequestBytes;
        this.closing = closing;
    }

    /** Returns a builder with the defaults. */
    public static FailoverClientBuilder builder() {
        return new FailoverClientBuilder();
    }

    /**
     * Sends a request and waits for the head of its answer; of a JSON document up to 1 MiB, for all of it. Any status is an
     * answer.
     *
     * @throws IOException if no backend answered: what happened at the last one; a {@link java.net.SocketTimeoutException} if
     *     that was a limit of time, an {@link InterruptedIOException} if the thread was interrupted
     * @throws IllegalStateException if the client is closed
     */
    public ClientResponse send(ClientRequest request) throws IOException {
        mustBeOpen();
        CompletableFuture<ClientResponse> result = new CompletableFuture<>();
        ClientCall call = begin(AskedRequest.of(request, maxRequestBytes), result);
        try {
            return result.get();
        } catch (InterruptedException e) {
            call.gone();
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting for an answer").initCause(e);
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        }
    }

    private static IOException thrown(@Nullable Throwable cause) {
        return cause instanceof IOException io ? io : new IOException("the request failed: " + cause, cause);
    }

    /**
     * Sends a request and returns at once; a body that is a stream is read on a thread of the client. Cancelling the future,
     * or completing it in another way, cancels the request. The future ends with what {@link #send} would throw; what depends on
     * it runs on a thread of the client, always so with methods that end in {@code Async}.
     *
     * @throws IllegalStateException if the client is closed
     */
    public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
        mustBeOpen();
        CompletableFuture<ClientResponse> told = new ClientFuture<>(engine.executor());
        if (request.body().isStream()) {
            engine.executor().execute(() -> readAndSend(request, told));
        } else {
            send(request, told);
        }
        return told;
    }

    @SuppressWarnings("IllegalCatch") // a stream is foreign code: whatever it throws, the application hears of it
    private void readAndSend(ClientRequest request, CompletableFuture<ClientResponse> told) {
        try {
            send(request, told);
        } catch (RuntimeException | Error e) {
            told.completeExceptionally(e);
        }
    }

    private void send(ClientRequest request, CompletableFuture<ClientResponse> told) {
        CompletableFuture<ClientResponse> result = new CompletableFuture<>();
        ClientCall call;
        try {
            AskedRequest asked = AskedRequest.of(request, maxRequestBytes);
            if (told.isDone()) {
                return; // cancelled while its body was read
            }
            call = begin(asked, result);
        } catch (IOException e) {
            told.completeExceptionally(e);
            return;
        }
        var unused = result.whenCompleteAsync(
                (response, thrown) -> {
                    boolean isTaken = thrown == null ? told.complete(response) : told.completeExceptionally(thrown);
                    if (!isTaken && response != null) {
                        response.close();
                    }
                },
                engine.executor());
        var ignored = told.whenComplete((response, thrown) -> {
            if (!result.isDone()) {
                call.gone(); // it was cancelled, or completed by the application
            }
        });
    }

    /**
     * Sends a request over a transport of its own. Cancelling the future cancels the request. The future ends with what
     * {@link #send} would throw; what depends on it runs on the thread that brings the news and is quick.
     *
     * @throws IOException if the request's body cannot be read
     * @throws IllegalStateException if the client is closed
     */
    public CompletableFuture<ClientResponse> sendOver(CallTransport transport, ClientRequest request)
            throws IOException {
        mustBeOpen();
        CompletableFuture<ClientResponse> result = new CompletableFuture<>();
        AskedRequest asked = AskedRequest.of(request, maxRequestBytes);
        ClientCall call = open(asked, new Answering(transport, result), transport);
        var unused = result.whenComplete((response, thrown) -> {
            if (result.isCancelled()) {
                call.gone();
            }
        });
        call.begin();
        return result;
    }

    private void mustBeOpen() {
        if (isClosed.get()) {
            throw new IllegalStateException("the client is closed");
        }
    }

    private ClientCall begin(AskedRequest asked, CompletableFuture<ClientResponse> result) {
        ClientCall call = open(asked, new Answering(engine.executor(), result), null);
        call.begin();
        return call;
    }

    private ClientCall open(AskedRequest asked, Answering answering, @Nullable CallTransport own) {
        mustBeOpen();
        if (asked.isTooLargeToKeep()) {
            engine.events().sentOnce(asked.toString());
        }
        return new ClientCall(engine, asked, answering, own);
    }

    /** Returns how the backends stand, in the order they were given. */
    public List<BackendStatus> backends() {
        return engine.router().status().stream()
                .map(each -> new BackendStatus(
                        each.backend().id().value(),
                        each.backend().priority(),
                        each.state(),
                        each.cause(),
                        Duration.ofMillis(each.retryAfterMillis()),
                        each.successfulCalls(),
                        each.inFlight()))
                .toList();
    }

    /** Returns how requests are served. */
    public FailoverSettings settings() {
        return engine.settings();
    }

    /** Returns how many requests are in flight. */
    public int inFlight() {
        return engine.clock().size();
    }

    /** Returns whether {@link #close} was called. */
    public boolean isClosed() {
        return isClosed.get();
    }

    /** Ends requests in flight with an I/O error and gives threads back. Does nothing the second time. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            engine.clock().close();
            engine.transport().close();
            closing.run();
        }
    }
}
