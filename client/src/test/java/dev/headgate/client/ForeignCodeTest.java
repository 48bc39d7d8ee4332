package dev.headgate.client;

import static dev.headgate.client.testing.RawServer.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.client.testing.RawServer;
import dev.headgate.core.request.CoolingCause;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the application hands to a client may fail in any way: requests end nonetheless. */
@Timeout(30)
class ForeignCodeTest {
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
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

    private FailoverClientBuilder builder() {
        return FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first"),
                        Backend.of(second.url(), 2).withId("second"));
    }

    private FailoverClient withTokens(TokenProvider provider) {
        return FailoverClient.builder()
                .backends(
                        Backend.of(first.url(), 1).withId("first").withTokenProvider(provider),
                        Backend.of(second.url(), 2).withId("second"))
                .build();
    }

    private static int status(FailoverClient client) throws Exception {
        return client.sendAsync(ClientRequest.post(PATH, CHAT))
                .get(5, TimeUnit.SECONDS)
                .status();
    }

    /** Waits until nothing is in flight, which the time limit bounds. */
    private static void awaitQuiet(FailoverClient client) {
        while (client.inFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aListenerThatThrowsKeepsNoRequestFromItsAnswer() throws Exception {
        first.then(error(503, "overloaded"));
        AtomicInteger heard = new AtomicInteger();
        ClientListener throwing = new ClientListener() {
            @Override
            public void attemptEnded(String backend, String model, int number, String outcome, Duration elapsed) {
                heard.incrementAndGet();
                throw new IllegalStateException("attemptEnded");
            }

            @Override
            public void failover(String from, String to, String cause) {
                throw new IllegalStateException("failover");
            }

            @Override
            public void cooling(
                    String backend, String model, CoolingCause cause, int status, Duration wait, String source) {
                throw new IllegalStateException("cooling");
            }
        };
        try (FailoverClient client = builder().listener(throwing).build()) {
            assertThat(status(client)).isEqualTo(200);
            awaitQuiet(client);
            assertThat(client.backends()).allMatch(each -> each.inFlight() == 0);
        }
        assertThat(heard).hasValue(2);
    }

    @Test
    void aProviderThatFailsToLoadCoolsItsBackendAndIsAskedAgain() throws Exception {
        try (FailoverClient client = withTokens(() -> {
            throw new NoClassDefFoundError("com/azure/identity/Credential");
        })) {
            assertThat(status(client)).isEqualTo(200);
            assertThat(client.backends().get(0).cause()).isEqualTo(CoolingCause.AUTH);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // an application may be built without such checks
    void aTokenThatNeverSaysWhenItEndsIsNone() throws Exception {
        try (FailoverClient client = withTokens(() -> new TokenProvider.Token("t", null))) {
            assertThat(status(client)).isEqualTo(200);
            assertThat(status(client)).isEqualTo(200);
        }
        assertThat(second.requests()).hasSize(2);
    }

    @Test
    void aTokenWithALineEndIsNoneAndIsShownNowhere() throws Exception {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(first.url(), 1)
                        .withTokenProvider(() -> new TokenProvider.Token("very-secret\n", Instant.MAX)))
                .build()) {
            assertThatThrownBy(() -> status(client)).satisfies(ForeignCodeTest::showsNoSecret);
            assertThat(client.backends().get(0).cause()).isEqualTo(CoolingCause.AUTH);
        }
    }

    @Test
    void aBodyThatFailsWithAnErrorEndsItsFuture() {
        InputStream broken = new InputStream() {
            @Override
            public int read() {
                throw new NoClassDefFoundError("Codec");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                return read();
            }
        };
        ClientRequest request = new ClientRequest("POST", PATH, Fields.NONE, RequestBody.of(broken), Duration.ZERO);
        try (FailoverClient client = builder().build()) {
            assertThatThrownBy(() -> client.sendAsync(request).get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void anExecutorThatIsFullKeepsNoRequestFromItsAnswer() throws Exception {
        try (FailoverClient client = builder()
                .transport(JdkTransport.create(Duration.ofSeconds(5), Runnable::run))
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build()) {
            assertThat(status(client)).isEqualTo(200);
        }
    }

    @Test
    void aTransportThatThrowsIsLeftForAnotherBackend() throws Exception {
        Transport carrier = JdkTransport.create(Duration.ofSeconds(5), Runnable::run);
        AtomicInteger sent = new AtomicInteger();
        Transport throwing = new Transport() {
            @Override
            public Exchange send(Outgoing request, Receiver receiver) {
                if (sent.incrementAndGet() == 1) {
                    throw new IllegalStateException("closed");
                }
                return carrier.send(request, receiver);
            }

            @Override
            public void close() {
                carrier.close();
            }
        };
        try (FailoverClient client = builder().transport(throwing).build()) {
            assertThat(status(client)).isEqualTo(200);
            awaitQuiet(client);
            assertThat(client.backends()).allMatch(each -> each.inFlight() == 0);
        }
    }

    @Test
    void aCallThatThrowsStopsNoClock() throws Exception {
        first.always((request, socket) -> socket.getInputStream().read() >= 0);
        CountDownLatch asked = new CountDownLatch(2);
        CallTransport throwing = new CallTransport() {
            @Override
            public Transport.Exchange send(Transport.Outgoing request, Transport.Receiver receiver) {
                return new Transport.Exchange() {
                    @Override
                    public void more() {}

                    @Override
                    public void cancel() {}
                };
            }

            @Override
            public boolean isCancelled() {
                asked.countDown();
                throw new IllegalStateException("gone");
            }

            @Override
            public void execute(Runnable task) {
                task.run();
            }
        };
        try (FailoverClient client = builder().build()) {
            CompletableFuture<ClientResponse> silent = client.sendOver(throwing, ClientRequest.post(PATH, CHAT));
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
            ClientRequest brief = ClientRequest.post(PATH, CHAT).withHeadTimeout(Duration.ofMillis(100));
            assertThatThrownBy(() -> client.sendAsync(brief).get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SocketTimeoutException.class);
            silent.cancel(true);
            awaitQuiet(client);
        }
    }

    @Test
    void timesMayBeEndless() throws Exception {
        try (FailoverClient client =
                builder().totalTimeout(Duration.ofSeconds(Long.MAX_VALUE)).build()) {
            assertThat(status(client)).isEqualTo(200);
        }
        try (FailoverClient client = builder()
                .connectTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                .hedgeAfter(Duration.ofSeconds(Long.MAX_VALUE))
                .build()) {
            assertThat(status(client)).isEqualTo(200);
        }
    }

    @Test
    void aFutureThatIsCompletedOtherwiseGivesItsRequestUp() throws Exception {
        first.always((request, socket) -> socket.getInputStream().read() >= 0);
        try (FailoverClient client = builder().build()) {
            assertThatThrownBy(() -> client.sendAsync(ClientRequest.post(PATH, CHAT))
                            .orTimeout(200, TimeUnit.MILLISECONDS)
                            .get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TimeoutException.class);
            awaitQuiet(client);
        }
    }

    @Test
    void aFieldThatCannotBeSentIsRefusedAndNoBackendsFault() throws Exception {
        Fields fields =
                Fields.builder().add("Authorization", "Bearer very-secret\n").build();
        try (FailoverClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(new ClientRequest(
                            "POST",
                            PATH,
                            fields,
                            RequestBody.of(CHAT.getBytes(StandardCharsets.UTF_8)),
                            Duration.ZERO)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Authorization")
                    .satisfies(ForeignCodeTest::showsNoSecret);
            assertThat(client.backends()).allMatch(each -> each.remaining().isZero());
            assertThat(status(client)).isEqualTo(200);
        }
    }

    @Test
    void aTargetThatIsNoneIsRefusedWithoutItsQuery() {
        assertThatThrownBy(() -> ClientRequest.post("/v1/chat?key=very-secret key", CHAT))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(ForeignCodeTest::showsNoSecret);
    }

    private static void showsNoSecret(Throwable thrown) {
        assertThat(thrown).isNotInstanceOf(TimeoutException.class);
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            assertThat(each.toString()).doesNotContain("very-secret");
        }
    }
}
