package dev.headgate.client;

import static dev.headgate.client.testing.RawServer.error;
import static dev.headgate.client.testing.RawServer.events;
import static dev.headgate.client.testing.RawServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.client.testing.RawServer;
import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.request.CoolingCause;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FailoverClientTest {
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String PATH = "/v1/chat/completions";

    private RawServer first;
    private RawServer second;

    @BeforeEach
    void start() throws IOException {
        first = RawServer.start();
        second = RawServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
    }

    private FailoverClient client() {
        return FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first"),
                        Backend.of(second.url(), 2).withId("second"))
                .build();
    }

    private static String text(ClientResponse response) throws IOException {
        return new String(response.body().readAll(), UTF_8);
    }

    @Test
    void aThrottledBackendIsLeftForAnother() throws IOException {
        first.then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        try (FailoverClient client = client()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, CHAT));
            assertThat(response.status()).isEqualTo(200);
            assertThat(text(response)).isEqualTo("{\"ok\":true}");
            assertThat(response.fields().first("x-headgate-backend")).isEqualTo("second");
            assertThat(response.fields().first("x-headgate-attempts")).isEqualTo("2");
            assertThat(client.backends()).first().satisfies(status -> {
                assertThat(status.state()).isEqualTo(State.COOLING);
                assertThat(status.cause()).isEqualTo(CoolingCause.THROTTLED);
                assertThat(status.remaining()).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(44));
            });
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).status()).isEqualTo(200);
        }
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(2);
    }

    @Test
    void aFailingAndAnUnreachableBackendAreLeftForAnother() throws IOException {
        first.then(error(503, "overloaded"));
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1), Backend.of(first.url(), 2), Backend.of(second.url(), 3))
                .build()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, CHAT));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.fields().first("x-headgate-attempts")).isEqualTo("3");
        }
    }

    @Test
    void whenAllAreThrottledTheSoonestWaitIsTold() throws IOException {
        first.then(error(429, "rate_limit_exceeded", "retry-after", "44"));
        second.then(error(429, "rate_limit_exceeded", "retry-after", "4"));
        try (FailoverClient client = client()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, CHAT));
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.fields().first("retry-after")).isEqualTo("4");
            assertThat(text(response)).contains("all_backends_throttled");
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).status()).isEqualTo(429);
        }
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void whenNobodyAnswersTheLastExceptionIsThrown() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            assertThatThrownBy(() -> client.send(ClientRequest.post(PATH, CHAT)))
                    .isInstanceOf(IOException.class)
                    .hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aFutureEndsWithTheLastException() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(RawServer.nobody(), 1))
                .build()) {
            assertThatThrownBy(() ->
                            client.sendAsync(ClientRequest.post(PATH, CHAT)).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void theRequestIsBuiltFromTheOriginalForEachBackend() throws IOException {
        first.then(error(500, "server_error"));
        try (FailoverClient client = FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1)
                                .withPath("/ai/")
                                .withApiKey("key-one")
                                .withModels(Map.of("m", "deployed")),
                        Backend.of(second.url(), 2).withBearerKey("key-two"))
                .build()) {
            ClientRequest request = new ClientRequest(
                    "POST",
                    "https://api.example.com/v1/chat/completions?api-version=1&x=%2F",
                    Fields.builder()
                            .add("Content-Type", "application/json")
                            .add("Authorization", "Bearer of-the-sdk")
                            .add("Cookie", "c=1")
                            .add("X-Custom", "one")
                            .add("X-Custom", "two")
                            .build(),
                    RequestBody.of(CHAT.getBytes(UTF_8)),
                    Duration.ZERO);
            assertThat(client.send(request).status()).isEqualTo(200);
        }
        RawServer.Seen one = first.requests().get(0);
        RawServer.Seen two = second.requests().get(0);
        assertThat(one.target()).isEqualTo("/ai/v1/chat/completions?api-version=1&x=%2F");
        assertThat(one.fields()).containsEntry("api-key", "key-one").doesNotContainKeys("authorization", "cookie");
        assertThat(one.text()).isEqualTo(CHAT.replace("\"m\"", "\"deployed\""));
        assertThat(two.target()).isEqualTo("/v1/chat/completions?api-version=1&x=%2F");
        assertThat(two.fields())
                .containsEntry("authorization", "Bearer key-two")
                .doesNotContainKey("api-key");
        assertThat(two.fields()).containsEntry("x-custom", "one|two");
        assertThat(two.text()).isEqualTo(CHAT);
    }

    @Test
    void withoutAKeyOfItsOwnTheApplicationsGoesToEveryBackend() throws IOException {
        first.then(error(500, "server_error"));
        try (FailoverClient client = client()) {
            ClientRequest request = ClientRequest.post(PATH, CHAT);
            Fields fields = request.fields()
                    .with()
                    .add("Authorization", "Bearer of-the-sdk")
                    .build();
            client.send(new ClientRequest("POST", PATH, fields, request.body(), Duration.ZERO))
                    .close();
        }
        assertThat(first.requests().get(0).fields()).containsEntry("authorization", "Bearer of-the-sdk");
        assertThat(second.requests().get(0).fields()).containsEntry("authorization", "Bearer of-the-sdk");
    }

    @Test
    void aStreamComesWholeFromTheSecondBackend() throws IOException {
        first.then(error(429, "rate_limit_exceeded", "retry-after", "5"));
        second.then(events("done", "one ", "two"));
        try (FailoverClient client = client()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, STREAM));
            assertThat(response.status()).isEqualTo(200);
            assertThat(text(response)).contains("one ", "two", "[DONE]");
        }
        assertThat(second.requests().get(0).fields()).containsEntry("accept-encoding", "identity");
    }

    @Test
    void aStreamThatIsCutIsTakenUpAgainWithoutASecondAnswer() throws IOException {
        first.then(events("cut", "one ", "two "));
        second.then(events("done", "one ", "two ", "three"));
        try (FailoverClient client = client()) {
            String all = text(client.send(ClientRequest.post(PATH, STREAM)));
            assertThat(all)
                    .containsOnlyOnce("\"one \"")
                    .containsOnlyOnce("\"two \"")
                    .contains("three", "[DONE]");
        }
    }

    @Test
    void aStreamThatCannotBeTakenUpEndsInAnErrorOfItsOwn() throws IOException {
        first.then(events("cut", "one ", "two "));
        second.then(events("done", "other", "words"));
        try (FailoverClient client = client()) {
            String all = text(client.send(ClientRequest.post(PATH, STREAM)));
            assertThat(all).contains("event: error", "stream_interrupted").doesNotContain("other", "[DONE]");
        }
    }

    @Test
    void aJsonAnswerThatIsCutIsHadFromAnother() throws IOException {
        first.then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"a\":");
            return false;
        });
        try (FailoverClient client = client()) {
            assertThat(text(client.send(ClientRequest.post(PATH, CHAT)))).isEqualTo("{\"ok\":true}");
        }
    }

    @Test
    void whatIsNoFailureOfABackendIsReturnedAsItIs() throws IOException {
        first.then(error(400, "bad", "x-request-id", "r1", "set-cookie", "a=b"));
        try (FailoverClient client = client()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, CHAT));
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.fields().first("x-request-id")).isEqualTo("r1");
            assertThat(response.fields().first("set-cookie")).isNull();
            assertThat(text(response)).contains("scripted");
        }
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void aBodyThatIsReadOnceIsKeptForTheNextAttempt() throws IOException {
        first.then(error(500, "server_error"));
        try (FailoverClient client = client()) {
            RequestBody once = RequestBody.of(new ByteArrayInputStream(CHAT.getBytes(UTF_8)));
            Fields fields =
                    Fields.builder().add("content-type", "application/json").build();
            ClientResponse response = client.send(new ClientRequest("POST", PATH, fields, once, Duration.ZERO));
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(second.requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void aBodyTooLargeToKeepHasOneAttemptAndThatIsSaid() throws IOException {
        first.then(error(500, "server_error"));
        AtomicInteger said = new AtomicInteger();
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(first.url(), 1), Backend.of(second.url(), 2))
                .maxRequestBytes(10)
                .listener(new ClientListener() {
                    @Override
                    public void sentOnce(String target) {
                        said.incrementAndGet();
                    }
                })
                .build()) {
            RequestBody once = RequestBody.of(new ByteArrayInputStream(CHAT.getBytes(UTF_8)));
            Fields fields =
                    Fields.builder().add("content-type", "application/json").build();
            ClientResponse response = client.send(new ClientRequest("POST", PATH, fields, once, Duration.ZERO));
            assertThat(response.status()).isEqualTo(500);
        }
        assertThat(said).hasValue(1);
        assertThat(first.requests().get(0).text()).isEqualTo(CHAT);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void aRefusedTokenIsFetchedAnewOnce() throws IOException {
        first.then(error(401, "invalid_token"));
        AtomicInteger fetched = new AtomicInteger();
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(first.url(), 1)
                        .withTokenProvider(() -> new TokenProvider.Token(
                                "t" + fetched.incrementAndGet(), Instant.now().plusSeconds(3600))))
                .build()) {
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).status()).isEqualTo(200);
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).status()).isEqualTo(200);
        }
        assertThat(first.requests())
                .extracting(request -> request.fields().get("authorization"))
                .containsExactly("Bearer t1", "Bearer t2", "Bearer t2");
    }

    @Test
    void aProviderThatThrowsCoolsItsBackend() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first").withTokenProvider(() -> {
                            throw new IllegalStateException("no token");
                        }),
                        Backend.of(second.url(), 2))
                .build()) {
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).status()).isEqualTo(200);
            assertThat(client.backends().get(0).cause()).isEqualTo(CoolingCause.AUTH);
        }
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void aSilentBackendIsLeftAtTheLimitAndADeadlineIsATimeout() {
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> {
            awaitQuietly(over);
            return false;
        });
        try (FailoverClient client =
                FailoverClient.builder().backends(Backend.of(first.url(), 1)).build()) {
            ClientRequest request = ClientRequest.post(PATH, CHAT);
            ClientRequest hurried =
                    new ClientRequest("POST", PATH, request.fields(), request.body(), Duration.ofMillis(300));
            assertThatThrownBy(() -> client.send(hurried)).isInstanceOf(SocketTimeoutException.class);
        } finally {
            over.countDown();
        }
    }

    @Test
    void aHeadThatIsLateIsATimeoutAndAStreamMayGoOnPastIt() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        first.then((request, socket) -> {
            awaitQuietly(over);
            return false;
        });
        first.then((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            pause(Duration.ofMillis(700)); // the answer has to last longer than its head may take
            RawServer.chunk(socket, "data: [DONE]\n\n");
            RawServer.send(socket, "0\r\n\r\n");
            return true;
        });
        try (FailoverClient client =
                FailoverClient.builder().backends(Backend.of(first.url(), 1)).build()) {
            ClientRequest hurried = ClientRequest.post(PATH, STREAM).withHeadTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> client.send(hurried)).isInstanceOf(SocketTimeoutException.class);
            assertThat(text(client.send(hurried))).contains("\"a\"", "[DONE]");
        } finally {
            over.countDown();
        }
    }

    @Test
    void whatDependsOnAFutureAsynchronouslyRunsOnAThreadOfTheClient() throws Exception {
        try (FailoverClient client = client()) {
            String thread = client.sendAsync(ClientRequest.post(PATH, CHAT))
                    .thenApply(ClientResponse::status)
                    .thenApplyAsync(status -> Thread.currentThread().getName())
                    .get(10, TimeUnit.SECONDS);
            assertThat(thread).startsWith("headgate-client-");
        }
    }

    @Test
    void aStreamThatIsSentAsynchronouslyHoldsUpNobody() throws Exception {
        CountDownLatch readable = new CountDownLatch(1);
        InputStream slow = new ByteArrayInputStream(CHAT.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                awaitQuietly(readable);
                return super.read(target, offset, length);
            }
        };
        try (FailoverClient client = client()) {
            CompletableFuture<ClientResponse> future = client.sendAsync(new ClientRequest(
                    "POST", PATH, ClientRequest.post(PATH, CHAT).fields(), RequestBody.of(slow), Duration.ZERO));
            assertThat(future).isNotDone();
            readable.countDown();
            assertThat(future.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        assertThat(first.requests().get(0).text()).isEqualTo(CHAT);
    }

    @Test
    void aSlowFirstAttemptIsHedged() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> {
            awaitQuietly(over);
            return false;
        });
        try (FailoverClient client = FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1), Backend.of(second.url(), 2).withId("second"))
                .hedgeAfter(Duration.ofMillis(50))
                .build()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, CHAT));
            assertThat(response.fields().first("x-headgate-backend")).isEqualTo("second");
        } finally {
            over.countDown();
        }
    }

    @Test
    void cancellingTheFutureCancelsTheRequest() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        try (FailoverClient client = client()) {
            CompletableFuture<ClientResponse> future = client.sendAsync(ClientRequest.post(PATH, CHAT));
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(future.cancel(true)).isTrue();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void closingTheBodyOfAStreamCancelsTheRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> {
            RawServer.send(
                    socket, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            RawServer.chunk(socket, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        try (FailoverClient client = client()) {
            ClientResponse response = client.send(ClientRequest.post(PATH, STREAM));
            assertThat(response.body().stream().read()).isEqualTo('d');
            response.close();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            while (client.inFlight() > 0) { // until the turn that closed the connection is over
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void anInterruptedThreadGivesItsRequestUp() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            if (socket.getInputStream().read() < 0) {
                closed.countDown();
            }
            return false;
        });
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        try (FailoverClient client = client()) {
            Thread asking = new Thread(() -> {
                try {
                    client.send(ClientRequest.post(PATH, CHAT)).close();
                } catch (IOException e) {
                    thrown.complete(e);
                }
            });
            asking.start();
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            asking.interrupt();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aClosedClientEndsWhatIsInFlightAndTakesNothingNew() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        first.always((request, socket) -> {
            arrived.countDown();
            awaitQuietly(over);
            return false;
        });
        FailoverClient client = client();
        CompletableFuture<ClientResponse> future = client.sendAsync(ClientRequest.post(PATH, CHAT));
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        client.close();
        client.close();
        assertThat(client.isClosed()).isTrue();
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.send(ClientRequest.post(PATH, CHAT))).isInstanceOf(IllegalStateException.class);
        over.countDown();
    }

    @Test
    void aLargeAnswerPassesWithoutBeingHeld() throws IOException {
        int size = 8 << 20;
        first.then((request, socket) -> {
            RawServer.send(
                    socket,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: " + size
                            + "\r\n\r\n");
            byte[] piece = new byte[64 * 1024];
            for (int i = 0; i < size / piece.length; i++) {
                socket.getOutputStream().write(piece);
            }
            return true;
        });
        try (FailoverClient client = client()) {
            assertThat(client.send(ClientRequest.post(PATH, CHAT)).body().readAll())
                    .hasSize(size);
        }
    }

    @Test
    void aNewBackendIsAvailable() {
        try (FailoverClient client = client()) {
            List<BackendStatus> all = client.backends();
            assertThat(all).extracting(BackendStatus::id).containsExactly("first", "second");
            assertThat(all).allSatisfy(status -> {
                assertThat(status.state()).isEqualTo(State.AVAILABLE);
                assertThat(status.remaining()).isZero();
                assertThat(status.successfulCalls()).isZero();
            });
        }
    }

    @Test
    void getRequestsAndOtherPathsPass() throws IOException {
        first.then(json(200, "{\"data\":[]}"));
        try (FailoverClient client = client()) {
            ClientRequest models = new ClientRequest("GET", "/v1/models", Fields.NONE, RequestBody.NONE, Duration.ZERO);
            assertThat(text(client.send(models))).isEqualTo("{\"data\":[]}");
        }
    }

    private static void pause(Duration time) {
        CountDownLatch never = new CountDownLatch(1);
        try {
            assertThat(never.await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
