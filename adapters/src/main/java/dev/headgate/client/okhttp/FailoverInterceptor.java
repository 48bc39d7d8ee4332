package dev.headgate.client.okhttp;

import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.Fields;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * Sends the calls of an OkHttp client where a {@link FailoverClient} says:
 *
 * <pre>{@code
 * OkHttpClient http = new OkHttpClient.Builder()
 *         .addInterceptor(FailoverInterceptor.over(failover)).build();
 * }</pre>
 *
 * <p>Paths and queries are the application's, servers and their keys the backends'. Connections are OkHttp's, with its
 * timeouts and its retry of connections; its timeout of a call spans all attempts, and a cancelled call makes no further
 * one. There are no hedges, as a call has one thread. Upgrades and duplex bodies pass as they are. Redirects are followed
 * if the OkHttp client follows them; {@code followRedirects(false)} keeps a backend's {@code api-key} from other hosts.
 *
 * <p>It is added before others: those after it see each attempt, those before it see the call and then each attempt.
 * Thread-safe.
 */
public final class FailoverInterceptor implements Interceptor {
    private final FailoverClient client;
    private final Map<Call, Attempted> attempts = new ConcurrentHashMap<>(); // those in flight

    private FailoverInterceptor(FailoverClient client) {
        this.client = client;
    }

    /** Returns one over {@code client}, which is not closed with the OkHttp client. */
    public static FailoverInterceptor over(FailoverClient client) {
        return new FailoverInterceptor(Objects.requireNonNull(client, "client"));
    }

    /**
     * Answers a call.
     *
     * @throws IOException if no backend answered, or the call was cancelled
     * @throws IllegalStateException if this is a network interceptor, or the client is closed
     */
    @Override
    public Response intercept(Chain chain) throws IOException {
        Attempted attempt = attempts.get(chain.call());
        if (attempt != null) {
            return attempt.proceed(chain);
        }
        if (chain.connection() != null) {
            throw new IllegalStateException("interceptor: one of the network (expected: addInterceptor)");
        }
        RequestBody body = chain.request().body();
        boolean isPassed = chain.request().header("Upgrade") != null || (body != null && body.isDuplex());
        return isPassed ? chain.proceed(chain.request()) : answered(chain);
    }

    private Response answered(Chain chain) throws IOException {
        CallerTransport transport = new CallerTransport(chain.call(), attempts);
        dev.headgate.client.RequestBody body = body(chain.request().body());
        try {
            CompletableFuture<ClientResponse> answer = client.sendOver(transport, asked(chain, body));
            ClientResponse response = awaited(answer, transport);
            return shown(response, chain.request(), transport);
        } finally {
            body.close();
        }
    }

    private static dev.headgate.client.RequestBody body(@Nullable RequestBody given) throws IOException {
        if (given == null) {
            return dev.headgate.client.RequestBody.NONE;
        }
        if (given.isOneShot()) {
            return dev.headgate.client.RequestBody.written(target -> {
                try (var sink = Okio.buffer(Okio.sink(target))) {
                    given.writeTo(sink);
                }
            });
        }
        Buffer all = new Buffer();
        given.writeTo(all);
        return dev.headgate.client.RequestBody.of(all.readByteArray());
    }

    private static ClientRequest asked(Chain chain, dev.headgate.client.RequestBody body) {
        Request request = chain.request();
        Fields.Builder fields = Fields.builder();
        for (int i = 0; i < request.headers().size(); i++) {
            fields.add(request.headers().name(i), request.headers().value(i));
        }
        RequestBody given = request.body();
        MediaType type = given == null ? null : given.contentType();
        if (type != null) {
            fields.set("Content-Type", type.toString());
        }
        return new ClientRequest(
                request.method(),
                request.url().toString(),
                fields.build(),
                body,
                Duration.ofNanos(chain.call().timeout().timeoutNanos()));
    }

    private static ClientResponse awaited(CompletableFuture<ClientResponse> answer, CallerTransport transport)
            throws IOException {
        var unused = answer.whenComplete((response, thrown) -> transport.wake());
        boolean isOver = false;
        try {
            while (!answer.isDone()) {
                transport.runNext();
            }
            isOver = true;
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (!isOver && !answer.cancel(true)) {
                var ignored = answer.thenAccept(ClientResponse::close);
            }
        }
    }

    private static Response shown(ClientResponse response, Request request, CallerTransport transport) {
        Headers.Builder headers = new Headers.Builder();
        for (int i = 0; i < response.fields().size(); i++) {
            headers.addUnsafeNonAscii(
                    response.fields().name(i), response.fields().value(i));
        }
        String type = response.fields().first("content-type");
        ResponseBody body = ResponseBody.create(
                Okio.buffer(new AnswerSource(response, transport)),
                type == null ? null : MediaType.parse(type),
                length(response.fields().first("content-length")));
        return new Response.Builder()
                .request(request)
                .protocol(transport.protocol())
                .code(response.status())
                .message("")
                .headers(headers.build())
                .body(body)
                .build();
    }

    private static long length(@Nullable String field) {
        try {
            return field == null ? -1 : Long.parseLong(field);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * A call that is an attempt of another.
     *
     * @param request what goes out in the place of the application's
     * @param connectMillis until when the connection must be there, ≥ 1
     */
    record Attempted(Request request, int connectMillis) {
        Response proceed(Chain chain) throws IOException {
            int known = chain.connectTimeoutMillis();
            int limit = known == 0 ? connectMillis : Math.min(known, connectMillis);
            return chain.withConnectTimeout(limit, TimeUnit.MILLISECONDS).proceed(request);
        }
    }
}
