package dev.headgate.client.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.Fields;
import dev.headgate.client.RequestBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The Azure SDK's HTTP client, whose requests go to the best of several backends:
 *
 * <pre>{@code
 * FailoverClient failover = FailoverClient.builder().backends(…).build();
 * new OpenAIClientBuilder().httpClient(FailoverHttpClient.over(failover))…
 * }</pre>
 *
 * <p>Scheme, host and port of a request's URL are left aside. The SDK's own retries stay above and see the status and the
 * {@code Retry-After} of the last answer. Bodies are live; cancelling a {@code Mono} or the {@code Flux} of a body, or closing
 * a response, cancels the request. Thread-safe; closing the {@code FailoverClient} is left to the application.
 */
public final class FailoverHttpClient implements HttpClient {
    /** What {@code azure-core} asks of its HTTP clients, by names that are not in its public types. */
    private static final String READ_EAGERLY = "azure-eagerly-read-response";

    private static final String IGNORE_BODY = "azure-ignore-response-body";
    private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

    /** A body of that size that the SDK has in memory is copied at once; of others the client keeps what it may. */
    private static final long SMALL_BYTES = 1024 * 1024;

    private final FailoverClient client;

    private FailoverHttpClient(FailoverClient client) {
        this.client = client;
    }

    /** Returns a client whose requests {@code client} sends. */
    public static FailoverHttpClient over(FailoverClient client) {
        return new FailoverHttpClient(Objects.requireNonNull(client, "client"));
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return send(request, Context.NONE);
    }

    /** Sends a request whenever the {@code Mono} is subscribed to; it is told on a thread of the {@link FailoverClient}. */
    @Override
    public Mono<HttpResponse> send(HttpRequest request, Context context) {
        Mono<HttpResponse> answered = Mono.<HttpResponse>create(
                        sink -> subscribed(request, asked(request, context), sink))
                .doOnDiscard(HttpResponse.class, HttpResponse::close); // it came just after a cancel
        return isReadEagerly(context) ? answered.flatMap(FailoverHttpClient::read) : answered;
    }

    private void subscribed(HttpRequest request, ClientRequest asked, MonoSink<HttpResponse> sink) {
        CompletableFuture<ClientResponse> sent = client.sendAsync(asked);
        sink.onCancel(() -> {
            sent.cancel(true);
            close(asked.body());
        });
        var unused = sent.whenComplete((response, failure) -> {
            if (failure == null) {
                sink.success(new LiveResponse(request, response));
            } else {
                close(asked.body());
                sink.error(failure);
            }
        });
    }

    private static void close(RequestBody body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a subscription is cancelled, which does no I/O
        }
    }

    private static Mono<HttpResponse> read(HttpResponse live) {
        return live.getBodyAsByteArray()
                .defaultIfEmpty(new byte[0])
                .map(content -> new ReadResponse(live, BinaryData.fromBytes(content)));
    }

    /**
     * Sends a request and waits for the head of its answer.
     *
     * @throws UncheckedIOException if no backend answered
     */
    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
        try {
            ClientResponse response = client.send(asked(request, context));
            LiveResponse live = new LiveResponse(request, response);
            return isReadEagerly(context)
                    ? new ReadResponse(
                            live, BinaryData.fromBytes(response.body().readAll()))
                    : live;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isReadEagerly(Context context) {
        return isSet(context, READ_EAGERLY) || isSet(context, IGNORE_BODY);
    }

    private static boolean isSet(Context context, String name) {
        return context.getData(name).filter(Boolean.TRUE::equals).isPresent();
    }

    private static ClientRequest asked(HttpRequest request, Context context) {
        Fields.Builder fields = Fields.builder();
        for (HttpHeader each : request.getHeaders()) {
            each.getValuesList().forEach(value -> fields.add(each.getName(), value));
        }
        Object limit = context.getData(RESPONSE_TIMEOUT).orElse(Duration.ZERO);
        return new ClientRequest(
                        request.getHttpMethod().toString(),
                        request.getUrl().toString(),
                        fields.build(),
                        body(request.getBodyAsBinaryData()),
                        Duration.ZERO)
                .withHeadTimeout(limit instanceof Duration time ? time : Duration.ZERO);
    }

    private static RequestBody body(@Nullable BinaryData content) {
        if (content == null) {
            return RequestBody.NONE;
        }
        Long length = content.getLength();
        boolean isSmall = content.isReplayable() && length != null && length <= SMALL_BYTES;
        return isSmall
                ? RequestBody.of(content.toBytes())
                : RequestBody.published(JdkFlowAdapter.publisherToFlowPublisher(content.toFluxByteBuffer()));
    }
}
