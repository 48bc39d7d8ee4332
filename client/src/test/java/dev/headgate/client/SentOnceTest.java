package dev.headgate.client;

import static dev.headgate.client.testing.RawServer.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.client.testing.RawServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A body that is too large to be kept goes out once, whatever happens: a second time it would have lost its beginning. */
@Timeout(30)
class SentOnceTest {
    private static final String PATH = "/v1/audio/transcriptions";

    private RawServer server;

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static ClientRequest large() {
        return new ClientRequest(
                "POST", PATH, Fields.NONE, RequestBody.of(new ByteArrayInputStream(new byte[100_000])), Duration.ZERO);
    }

    @Test
    void aConnectionThatIsClosedIsTheEndOfIt() throws IOException {
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(server.url(), 1))
                .maxRequestBytes(1000)
                .build()) {
            assertThat(client.send(ClientRequest.post("/v1/embeddings", "{}")).status())
                    .isEqualTo(200);
            server.then((request, socket) -> false);
            assertThatThrownBy(() -> client.send(large())).isInstanceOf(IOException.class);
        }
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aBodyThatCannotBeReadIsNoBackendsFault() {
        InputStream broken = RequestBody.written(target -> {
                    target.write(new byte[50_000]);
                    throw new IOException("no more");
                })
                .content();
        ClientRequest request = new ClientRequest("POST", PATH, Fields.NONE, RequestBody.of(broken), Duration.ZERO);
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(server.url(), 1))
                .maxRequestBytes(1000)
                .build()) {
            assertThatThrownBy(() -> client.send(request)).hasRootCauseMessage("no more");
            assertThat(client.backends()).allMatch(each -> each.remaining().isZero() && each.inFlight() == 0);
        }
    }

    @Test
    void aRefusedTokenIsTheAnswer() throws IOException {
        server.then(error(401, "invalid_token"));
        try (FailoverClient client = FailoverClient.builder()
                .backends(Backend.of(server.url(), 1)
                        .withTokenProvider(
                                () -> new TokenProvider.Token("t", Instant.now().plusSeconds(3600))))
                .maxRequestBytes(1000)
                .build()) {
            assertThat(client.send(large()).status()).isEqualTo(401);
        }
        assertThat(server.requests()).hasSize(1);
    }
}
