package dev.headgate.client.jdk;

import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.Fields;
import dev.headgate.client.RequestBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client, whose requests go to the best of several backends:
 *
 * <pre>{@code
 * FailoverClient failover = FailoverClient.builder().backends(…).build();
 * HttpClient client = FailoverHttpClient.over(failover);
 * }</pre>
 *
 * <p>Scheme, host and port of a request's URI are left aside. A body handler is applied once, to the answer that the
 * application gets. A body publisher is subscribed to once and kept for further attempts up to
 * {@link dev.headgate.client.FailoverClientBuilder#maxRequestBytes}; with a larger one the request has a single attempt.
 * {@link HttpRequest#timeout} limits the time to the head of the answer over all attempts, as it does in the JDK. Push
 * promises are ignored, redirects are not followed and cookies are not kept.
 *
 * <p>Thread-safe. It can be shut down as the JDK's own since Java 21, and without its {@code FailoverClient}, which stays open.
 */
public final class FailoverHttpClient extends HttpClient {
    private final FailoverClient client;
    private final InFlight inFlight = new InFlight();

    private FailoverHttpClient(FailoverClient client) {
        this.client = client;
    }

    /** Returns a client whose requests {@code client} sends. */
    public static FailoverHttpClient over(FailoverClient client) {
        return new FailoverHttpClient(Objects.requireNonNull(client, "client"));
    }

    /** Returns nothing: cookies are not kept. */
    @Override
    public Optional<CookieHandler> cookieHandler() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return Optional.of(client.settings().timeouts().connect());
    }

    @Override
    public Redirect followRedirects() {
        return Redirect.NEVER;
    }

    /** Returns nothing: backends are called directly. */
    @Override
    public Optional<ProxySelector> proxy() {
        return Optional.empty();
    }

    /** Returns the platform's own, which the default transport uses. */
    @Override
    public SSLContext sslContext() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the platform has no default SSLContext", e);
        }
    }

    @Override
    public SSLParameters sslParameters() {
        return sslContext().getDefaultSSLParameters();
    }

    /** Returns nothing: backends have credentials of their own. */
    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.empty();
    }

    /** Returns what is preferred with TLS; without it requests go out in HTTP/1.1. */
    @Override
    public Version version() {
        return Version.HTTP_2;
    }

    /** Returns nothing: callbacks run on threads of the {@code FailoverClient}. */
    @Override
    public Optional<Executor> executor() {
        return Optional.empty();
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> sent = sendAsync(request, handler);
        try {
            return sent.get();
        } catch (InterruptedException e) {
            sent.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new IOException("the client was shut down while the request was in flight", e);
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        }
    }

    /** Throws it anew, so that the trace shows who called. */
    private static IOException thrown(@Nullable Throwable cause) {
        if (cause instanceof HttpTimeoutException) {
            return (IOException) new HttpTimeoutException(cause.getMessage()).initCause(cause);
        }
        if (cause instanceof ConnectException) {
            return (IOException) new ConnectException(cause.getMessage()).initCause(cause);
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return new IOException(cause == null ? "the request failed" : cause.getMessage(), cause);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        Objects.requireNonNull(handler, "handler");
        ClientRequest asked = asked(request);
        CompletableFuture<ClientResponse> answered;
        CancellableFuture<HttpResponse<T>> told = new CancellableFuture<>();
        if (!inFlight.begins(told)) {
            return CompletableFuture.failedFuture(new IOException("the client is closed"));
        }
        try {
            answered = client.sendAsync(asked);
        } catch (IllegalStateException e) {
            inFlight.ends(told);
            return CompletableFuture.failedFuture(new IOException("the client is closed", e));
        }
        told.onCancelled(() -> {
            answered.cancel(true);
            close(asked.body());
        });
        var unused = answered.whenComplete((response, failure) -> {
            if (failure != null) {
                inFlight.ends(told);
                close(asked.body());
                told.completeExceptionally(asTheJdkTells(failure));
            } else {
                deliver(request, handler, response, told);
            }
        });
        return told;
    }

    /** As {@link #sendAsync(HttpRequest, BodyHandler)}; no server pushes anything. */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> ignored) {
        return sendAsync(request, handler);
    }

    private static ClientRequest asked(HttpRequest request) {
        Fields.Builder fields = Fields.builder();
        for (Map.Entry<String, List<String>> each : request.headers().map().entrySet()) {
            each.getValue().forEach(value -> fields.add(each.getKey(), value));
        }
        return new ClientRequest(
                        request.method(),
                        request.uri().toString(),
                        fields.build(),
                        request.bodyPublisher()
                                .filter(publisher -> publisher.contentLength() != 0)
                                .map(RequestBody::published)
                                .orElse(RequestBody.NONE),
                        Duration.ZERO)
                .withHeadTimeout(request.timeout().orElse(Duration.ZERO));
    }

    private static void close(RequestBody body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a subscription is cancelled, which does no I/O
        }
    }

    @SuppressWarnings("IllegalCatch") // a body handler is foreign code: whatever it throws, the application hears of it
    private <T> void deliver(
            HttpRequest request,
            BodyHandler<T> handler,
            ClientResponse response,
            CancellableFuture<HttpResponse<T>> told) {
        try {
            HeadOfAnswer head = HeadOfAnswer.of(response);
            BodySubscriber<T> subscriber = Objects.requireNonNull(handler.apply(head), "the handler's subscriber");
            told.onCancelled(() -> {
                response.close();
                inFlight.ends(told);
            });
            response.body().subscribe(new EndingSubscriber(subscriber, () -> inFlight.ends(told)));
            complete(told, request, head, response, subscriber);
        } catch (RuntimeException | Error e) {
            response.close();
            inFlight.ends(told);
            told.completeExceptionally(new IOException("the body handler failed: " + e, e));
        }
    }

    private static <T> void complete(
            CancellableFuture<HttpResponse<T>> told,
            HttpRequest request,
            HeadOfAnswer head,
            ClientResponse response,
            BodySubscriber<T> subscriber) {
        var unused = subscriber.getBody().whenComplete((body, failure) -> {
            if (failure != null) {
                response.close();
                told.completeExceptionally(asTheJdkTells(failure));
            } else {
                told.complete(new Answered<>(request, head, body));
            }
        });
    }

    private static Throwable asTheJdkTells(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SocketTimeoutException) {
            return new HttpTimeoutException("request timed out").initCause(cause);
        }
        if (cause instanceof IOException && cause.getCause() instanceof ConnectException) {
            return new ConnectException(cause.getMessage()).initCause(cause);
        }
        return cause instanceof IOException ? cause : new IOException(cause.toString(), cause);
    }

    /** Takes no new request; those in flight go on. */
    public void shutdown() {
        inFlight.close();
    }

    /** Takes no new request and cancels those in flight. */
    public void shutdownNow() {
        inFlight.close();
        inFlight.cancelAll();
    }

    /**
     * Waits until it is shut down and nothing is in flight, bodies that are being read included.
     *
     * @return whether that came within {@code wait}
     */
    public boolean awaitTermination(Duration wait) throws InterruptedException {
        return inFlight.awaitEnd(wait);
    }

    /** Returns whether it is shut down and nothing is in flight. */
    public boolean isTerminated() {
        return inFlight.isOver();
    }

    /** Takes no new request and waits for those in flight; an interrupt cancels them. */
    public void close() {
        shutdown();
        boolean isInterrupted = false;
        boolean isOver = false;
        while (!isOver) {
            try {
                isOver = awaitTermination(Duration.ofDays(1));
            } catch (InterruptedException e) {
                isInterrupted = true;
                shutdownNow();
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
