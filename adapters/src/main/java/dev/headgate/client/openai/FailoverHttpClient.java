package dev.headgate.client.openai;

import com.openai.core.RequestOptions;
import com.openai.core.Timeout;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.Fields;
import dev.headgate.client.RequestBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Carries the requests of openai-java over a {@link FailoverClient}:
 *
 * <pre>{@code
 * OpenAIClient openai = new OpenAIClientImpl(
 *         ClientOptions.builder().apiKey(key).httpClient(FailoverHttpClient.over(failover)).build());
 * }</pre>
 *
 * <p>Paths and queries are the SDK's, servers and their keys the backends'; a backend without a key gets the SDK's. The
 * timeout of the SDK's request holds if it is shorter than the client's. Retries of the SDK stay above: they see 429 and
 * {@code retry-after} once no backend is left. Thread-safe.
 */
public final class FailoverHttpClient implements HttpClient {
    private final FailoverClient client;

    private FailoverHttpClient(FailoverClient client) {
        this.client = client;
    }

    /** Returns one over {@code client}, which several SDK clients may share. */
    public static FailoverHttpClient over(FailoverClient client) {
        return new FailoverHttpClient(Objects.requireNonNull(client, "client"));
    }

    /**
     * Sends a request and waits for the head of its answer, which must be closed.
     *
     * @throws OpenAIIoException if no backend answered
     */
    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        RequestBody body = body(request.body());
        try {
            return new FailoverHttpResponse(client.send(asked(request, body, options)));
        } catch (IOException e) {
            throw failed(e);
        } finally {
            over(request, body);
        }
    }

    /** Sends a request. Cancelling the future cancels it; it ends with what {@link #execute} would throw. */
    @Override
    public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
        RequestBody body = body(request.body());
        CompletableFuture<ClientResponse> sent = client.sendAsync(asked(request, body, options));
        CompletableFuture<HttpResponse> told = new CompletableFuture<>();
        var unused = sent.whenComplete((response, thrown) -> {
            try {
                over(request, body); // first, as a retry of the SDK may write it again
            } finally {
                tell(told, response, thrown);
            }
        });
        var ignored = told.whenComplete((response, thrown) -> {
            if (told.isCancelled()) {
                sent.cancel(true);
            }
        });
        return told;
    }

    private static void tell(
            CompletableFuture<HttpResponse> told, @Nullable ClientResponse response, @Nullable Throwable thrown) {
        if (response == null) {
            told.completeExceptionally(failed(Objects.requireNonNull(thrown, "one of both is there")));
        } else if (!told.complete(new FailoverHttpResponse(response))) {
            response.close();
        }
    }

    private static RequestBody body(@Nullable HttpRequestBody given) {
        if (given == null) {
            return RequestBody.NONE;
        }
        if (!given.repeatable()) {
            return RequestBody.written(given::writeTo);
        }
        ByteArrayOutputStream all =
                new ByteArrayOutputStream((int) Math.max(32, Math.min(given.contentLength(), 1 << 20)));
        given.writeTo(all);
        return RequestBody.of(all.toByteArray());
    }

    private static ClientRequest asked(HttpRequest request, RequestBody body, RequestOptions options) {
        Fields.Builder fields = Fields.builder();
        for (String name : request.headers().names()) {
            for (String value : request.headers().values(name)) {
                fields.add(name, value);
            }
        }
        HttpRequestBody given = request.body();
        String type = given == null ? null : given.contentType();
        if (type != null) {
            fields.set("Content-Type", type);
        }
        Timeout timeout = options.getTimeout();
        return new ClientRequest(
                request.method().name(),
                request.url(),
                fields.build(),
                body,
                timeout == null ? Duration.ZERO : timeout.request());
    }

    /** The SDK's body ends with the request; a retry of the SDK begins it again if that is possible. */
    private static void over(HttpRequest request, RequestBody body) {
        HttpRequestBody given = request.body();
        if (given == null) {
            return;
        }
        try (given) {
            body.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static OpenAIIoException failed(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return new OpenAIIoException("Request failed: " + cause.getMessage(), cause);
    }

    /** Does nothing: the client is its builder's to close, and the SDK closes what it has when it is garbage. */
    @Override
    public void close() {}
}
