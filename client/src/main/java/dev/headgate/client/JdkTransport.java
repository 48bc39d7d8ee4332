package dev.headgate.client;

import dev.headgate.core.request.AttemptFailure;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests with the JDK's own HTTP client: HTTP/1.1 without TLS, and what ALPN agrees on with it. Thread-safe.
 *
 * <p>The JDK says neither which connection a request went over nor that it had served before. A close before the first byte
 * counts as that of an old connection where the server has answered on some connection before; the core allows one resend.
 */
final class JdkTransport implements Transport {
    private final HttpClient client;
    private final boolean isOwned;
    private final Set<String> served = ConcurrentHashMap.newKeySet(); // authorities that have answered

    private JdkTransport(HttpClient client, boolean isOwned) {
        this.client = client;
        this.isOwned = isOwned;
    }

    /** Returns a transport with a client of its own. */
    static JdkTransport create(Duration connectTimeout, Executor executor) {
        return new JdkTransport(
                HttpClient.newBuilder()
                        .connectTimeout(connectTimeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(executor)
                        .build(),
                true);
    }

    /** Returns a transport over the application's client, which goes on after {@link #close}. */
    static JdkTransport over(HttpClient client) {
        return new JdkTransport(client, false);
    }

    @Override
    public Exchange send(Outgoing request, Receiver receiver) {
        String authority = request.uri().getRawAuthority();
        Reading reading = new Reading(receiver, () -> served.add(authority));
        CompletableFuture<HttpResponse<Void>> sent;
        try {
            sent = client.sendAsync(built(request), info -> {
                reading.answered(info.statusCode(), fields(info.headers()));
                return reading;
            });
        } catch (IllegalArgumentException | IllegalStateException | SecurityException e) {
            receiver.failed(new Broken(
                    AttemptFailure.CONNECT_REFUSED,
                    false,
                    new IOException(
                            "the request cannot be sent: " // the message may show a field's value
                                    + e.getClass().getSimpleName())));
            return reading;
        }
        reading.isPartOf(sent);
        var unused = sent.whenComplete((whole, thrown) -> {
            if (thrown != null) {
                reading.failed(thrown, served.contains(authority));
            }
        });
        return reading;
    }

    private static HttpRequest built(Outgoing request) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(request.uri()).method(request.method(), publisher(request));
        if (request.uri().getScheme().equals("http")) {
            builder.version(HttpClient.Version.HTTP_1_1); // an upgrade with a body confuses servers
        }
        for (int i = 0; i < request.fields().size(); i++) {
            builder.header(request.fields().name(i), request.fields().value(i));
        }
        return builder.build();
    }

    private static BodyPublisher publisher(Outgoing request) {
        ByteBuffer body = request.body();
        int from = body.arrayOffset() + body.position();
        InputStream rest = request.rest();
        if (rest != null) {
            return BodyPublishers.ofInputStream(() ->
                    new SequenceInputStream(new ByteArrayInputStream(body.array(), from, body.remaining()), rest));
        }
        boolean isEmpty = !body.hasRemaining()
                && !request.method().equals("POST")
                && !request.method().equals("PUT");
        return isEmpty ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.array(), from, body.remaining());
    }

    private static Fields fields(HttpHeaders headers) {
        Fields.Builder fields = Fields.builder();
        for (Map.Entry<String, List<String>> each : headers.map().entrySet()) {
            for (String value : each.getValue()) {
                fields.add(each.getKey(), value);
            }
        }
        return fields.build();
    }

    @Override
    public void close() {
        // A client of our own ends once nobody holds it; what is in flight is cancelled by its calls.
        if (isOwned) {
            served.clear();
        }
    }

    /** One exchange: hands what comes to its receiver, a piece for each that is asked for. */
    private static final class Reading implements Exchange, HttpResponse.BodySubscriber<Void> {
        private final Receiver receiver;
        private final Runnable served;
        private final CompletableFuture<Void> body = new CompletableFuture<>();
        private @Nullable CompletableFuture<?> exchange; // guarded by this, as is all below
        private Flow.@Nullable Subscription subscription;
        private long wanted;
        private boolean isAnswered;
        private boolean isCancelled;
        private boolean isOver;

        Reading(Receiver receiver, Runnable served) {
            this.receiver = receiver;
            this.served = served;
        }

        void isPartOf(CompletableFuture<?> future) {
            boolean cancels;
            synchronized (this) {
                exchange = future;
                cancels = isCancelled;
            }
            if (cancels) {
                future.cancel(true);
            }
        }

        void answered(int status, Fields fields) {
            synchronized (this) {
                isAnswered = true;
            }
            served.run();
            receiver.answered(status, fields);
        }

        @Override
        public CompletionStage<Void> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            long begins;
            synchronized (this) {
                subscription = given;
                begins = wanted;
                wanted = 0;
            }
            if (begins > 0) {
                given.request(begins);
            }
        }

        @Override
        public void more() {
            Flow.Subscription known;
            synchronized (this) {
                known = subscription;
                wanted += known == null ? 1 : 0;
            }
            if (known != null) {
                known.request(1);
            }
        }

        @Override
        public void onNext(List<ByteBuffer> piece) {
            receiver.content(piece);
        }

        @Override
        public void onError(Throwable thrown) {
            body.completeExceptionally(thrown);
            failed(thrown, false);
        }

        @Override
        public void onComplete() {
            if (ends()) {
                receiver.ended();
            }
            body.complete(null);
        }

        void failed(Throwable thrown, boolean hasServed) {
            boolean wasAnswered;
            synchronized (this) {
                wasAnswered = isAnswered;
            }
            if (ends()) {
                receiver.failed(broken(cause(thrown), wasAnswered, hasServed));
            }
        }

        private synchronized boolean ends() {
            boolean wasOpen = !isOver;
            isOver = true;
            return wasOpen;
        }

        @Override
        public void cancel() {
            Flow.Subscription known;
            CompletableFuture<?> future;
            synchronized (this) {
                isCancelled = true;
                isOver = true;
                known = subscription;
                future = exchange;
            }
            if (known != null) {
                known.cancel();
            }
            if (future != null) {
                future.cancel(true);
            }
        }

        private static Throwable cause(Throwable thrown) {
            return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        }

        private static Broken broken(Throwable thrown, boolean wasAnswered, boolean hasServed) {
            IOException cause = thrown instanceof IOException io ? io : new IOException(thrown.toString(), thrown);
            if (wasAnswered) {
                return new Broken(AttemptFailure.CUT, false, cause);
            }
            AttemptFailure failure = kind(thrown, cause);
            boolean wasReused = hasServed && failure == AttemptFailure.RESET_BEFORE_ANSWER && isClose(thrown);
            return new Broken(failure, wasReused, cause);
        }

        private static AttemptFailure kind(Throwable thrown, IOException cause) {
            if (thrown instanceof HttpConnectTimeoutException) {
                return AttemptFailure.CONNECT_TIMEOUT;
            }
            return isUnresolved(thrown)
                    ? AttemptFailure.NAME_NOT_RESOLVED
                    : Broken.beforeAnswer(cause).failure();
        }

        private static boolean isUnresolved(Throwable thrown) {
            for (Throwable each = thrown; each != null; each = each.getCause()) {
                if (each instanceof UnresolvedAddressException) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isClose(Throwable thrown) {
            for (Throwable each = thrown; each != null; each = each.getCause()) {
                if (each instanceof EOFException) {
                    return true;
                }
            }
            String message = thrown.getMessage();
            return message != null && (message.contains("reset") || message.contains("closed"));
        }
    }
}
