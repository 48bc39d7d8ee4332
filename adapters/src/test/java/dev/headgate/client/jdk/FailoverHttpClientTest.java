package dev.headgate.client.jdk;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.RawServer;
import dev.headgate.client.testing.TwoBackends;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FailoverHttpClientTest {
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final URI ANYWHERE = URI.create("https://api.example.com/v1/chat/completions?a=%2F");

    private TwoBackends backends;
    private FailoverHttpClient client;

    @BeforeEach
    void start() throws IOException {
        backends = TwoBackends.start();
        client = FailoverHttpClient.over(backends.client());
    }

    @AfterEach
    void stop() throws IOException {
        backends.close();
    }

    private static HttpRequest.Builder asking(BodyPublisher body) {
        return HttpRequest.newBuilder(ANYWHERE)
                .header("Content-Type", "application/json")
                .POST(body);
    }

    private static HttpRequest chat() {
        return asking(BodyPublishers.ofString(CHAT)).build();
    }

    private static HttpRequest streamed() {
        return asking(BodyPublishers.ofString(STREAM)).build();
    }

    @Test
    void aThrottledBackendIsLeftAndTheHandlerAppliedOnce() throws Exception {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        AtomicInteger applied = new AtomicInteger();
        HttpResponse<String> response = client.send(chat(), head -> {
            applied.incrementAndGet();
            assertThat(head.statusCode()).isEqualTo(200);
            return BodyHandlers.ofString().apply(head);
        });
        assertThat(response.body()).isEqualTo("{\"ok\":true}");
        assertThat(response.headers().firstValue("X-Headgate-Backend")).contains("second");
        assertThat(response.uri()).isEqualTo(ANYWHERE);
        assertThat(applied).hasValue(1);
        RawServer.Seen seen = backends.second().requests().get(0);
        assertThat(seen.target()).isEqualTo("/v1/chat/completions?a=%2F");
        assertThat(seen.text()).isEqualTo(CHAT);
        assertThat(seen.fields()).doesNotContainKeys("upgrade", "http2-settings");
    }

    @Test
    void aFailingBackendIsLeftAsynchronously() throws Exception {
        backends.first().then(error(503, "overloaded"));
        HttpResponse<byte[]> response =
                client.sendAsync(chat(), BodyHandlers.ofByteArray()).get(10, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"ok\":true}".getBytes(UTF_8));
        HttpResponse<String> pushed =
                client.sendAsync(chat(), BodyHandlers.ofString(), null).get(10, TimeUnit.SECONDS);
        assertThat(pushed.statusCode()).isEqualTo(200);
    }

    @Test
    void anUnreachableBackendIsLeft() throws Exception {
        try (TwoBackends others = TwoBackends.withoutFirst()) {
            HttpClient over = FailoverHttpClient.over(others.client());
            assertThat(over.send(chat(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void whenNobodyListensTheConnectIsWhatFailed() throws Exception {
        try (FailoverClient nobody = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            HttpClient over = FailoverHttpClient.over(nobody);
            assertThatThrownBy(() -> over.send(chat(), BodyHandlers.ofString())).isInstanceOf(ConnectException.class);
            assertThat(over.send(chat(), BodyHandlers.ofString()).statusCode()).isEqualTo(503); // it cools
        }
    }

    @Test
    void theApplicationSeesTheLastAnswerWithItsHint() throws Exception {
        backends.first().then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        backends.second().then(error(429, "rate_limit_exceeded", "retry-after", "4"));
        HttpResponse<String> response = client.send(chat(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValueAsLong("retry-after")).hasValue(4);
    }

    @Test
    void aPublisherThatCanBeReadOnceIsKeptForTheNextAttempt() throws Exception {
        backends.first().then(error(500, "server_error"));
        InputStream once = new ByteArrayInputStream(CHAT.getBytes(UTF_8));
        HttpRequest request = asking(BodyPublishers.ofInputStream(() -> once)).build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(backends.second().requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void aPublisherThatFailsEndsTheRequest() {
        HttpRequest request = asking(BodyPublishers.fromPublisher(failing())).build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("disk");
        assertThat(backends.first().requests()).isEmpty();
        assertThat(backends.client().inFlight()).isZero();
    }

    /** Gives half a body, then fails. */
    private static Flow.Publisher<ByteBuffer> failing() {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private boolean hasBegun;

            @Override
            public void request(long count) {
                if (hasBegun) {
                    subscriber.onError(new IOException("disk"));
                } else {
                    hasBegun = true;
                    subscriber.onNext(ByteBuffer.wrap("{\"model\":".getBytes(UTF_8)));
                }
            }

            @Override
            public void cancel() {}
        });
    }

    @Test
    void aLateHeadIsATimeout() {
        CountDownLatch over = new CountDownLatch(1);
        backends.first().always((request, socket) -> {
            await(over);
            return false;
        });
        HttpRequest hurried = asking(BodyPublishers.ofString(CHAT))
                .timeout(Duration.ofMillis(200))
                .build();
        assertThatThrownBy(() -> client.send(hurried, BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        over.countDown();
    }

    @Test
    void aStreamIsLiveAndClosingItCancels() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        backends.first().then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        HttpResponse<InputStream> response = client.send(streamed(), BodyHandlers.ofInputStream());
        assertThat(new String(response.body().readNBytes(5), UTF_8)).isEqualTo("data:");
        client.shutdown();
        assertThat(client.isTerminated()).isFalse();
        response.body().close();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(client.awaitTermination(Duration.ofSeconds(10))).isTrue();
        backends.awaitQuiet();
    }

    @Test
    void aCutStreamIsTakenUpAgain() throws Exception {
        backends.first().then(events("cut", "one ", "two "));
        backends.second().then(events("done", "one ", "two ", "three"));
        try (Stream<String> lines =
                client.send(streamed(), BodyHandlers.ofLines()).body()) {
            String all = String.join("\n", lines.toList());
            assertThat(all)
                    .containsOnlyOnce("\"one \"")
                    .containsOnlyOnce("\"two \"")
                    .contains("three", "[DONE]");
        }
    }

    @Test
    void anAnswerThatBreaksOffIsAnError() {
        backends.first().then((request, socket) -> {
            RawServer.send(
                    socket,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 9\r\n\r\nhalf");
            return false;
        });
        assertThatThrownBy(() -> client.send(chat(), BodyHandlers.ofString())).isInstanceOf(IOException.class);
    }

    @Test
    void cancellingTheFutureOrOneDerivedFromItCancelsTheRequest() throws Exception {
        CountDownLatch arrived = new CountDownLatch(2);
        CountDownLatch closed = new CountDownLatch(2);
        backends.first().always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        CompletableFuture<HttpResponse<String>> sent = client.sendAsync(chat(), BodyHandlers.ofString());
        CompletableFuture<String> derived =
                client.sendAsync(chat(), BodyHandlers.ofString()).thenApply(HttpResponse::body);
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent.cancel(true)).isTrue();
        assertThat(derived.cancel(true)).isTrue();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(backends.second().requests()).isEmpty();
    }

    @Test
    void aClientThatIsShutDownCancelsWhatIsAskedAndIsRead() throws Exception {
        CountDownLatch arrived = new CountDownLatch(2);
        backends.first().always((request, socket) -> {
            if (request.text().equals(STREAM)) {
                RawServer.send(
                        socket,
                        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
                RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            }
            arrived.countDown();
            return socket.getInputStream().read() >= 0;
        });
        CompletableFuture<HttpResponse<String>> asked = client.sendAsync(chat(), BodyHandlers.ofString());
        HttpResponse<InputStream> read = client.send(streamed(), BodyHandlers.ofInputStream());
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        client.shutdownNow();
        assertThatThrownBy(() -> read.body().readAllBytes()).isInstanceOf(IOException.class);
        assertThat(asked).isCancelled();
        client.close();
        assertThat(client.isTerminated()).isTrue();
        assertThatThrownBy(() -> client.send(chat(), BodyHandlers.ofString())).isInstanceOf(IOException.class);
        assertThat(backends.client().isClosed()).isFalse();
        backends.awaitQuiet();
    }

    @Test
    void aConsumerThatThrowsEndsItsRequest() {
        assertThatThrownBy(() -> client.sendAsync(chat(), BodyHandlers.ofByteArrayConsumer(content -> {
                            throw new IllegalStateException("full");
                        }))
                        .get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("full");
        backends.awaitQuiet();
    }

    @Test
    void aHandlerThatGivesNothingOrFailsToLoadEndsItsRequest() {
        assertThatThrownBy(() -> client.sendAsync(chat(), head -> null).get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> client.sendAsync(chat(), head -> {
                            throw new NoClassDefFoundError("Codec");
                        })
                        .get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        client.close();
        assertThat(client.isTerminated()).isTrue();
    }

    @Test
    void whatItIsCanBeAsked() {
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(5));
        assertThat(client.followRedirects()).isEqualTo(HttpClient.Redirect.NEVER);
        assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(client.sslContext()).isNotNull();
        assertThat(client.sslParameters()).isNotNull();
        assertThat(client.cookieHandler()).isEmpty();
        assertThat(client.proxy()).isEmpty();
        assertThat(client.authenticator()).isEmpty();
        assertThat(client.executor()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
