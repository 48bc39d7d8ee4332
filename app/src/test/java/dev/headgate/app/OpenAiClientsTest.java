package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.app.EmbeddingsSeen.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drives OpenAI's own clients, unmodified but for the base URL and the key, against a server with real models. */
class OpenAiClientsTest {
    private static final String MODEL = "all-minilm-l6-v2-q";
    private static final Map<Client, EmbeddingsSeen> SEEN = new EnumMap<>(Client.class);
    private static @Nullable ServerProcess server;
    private static List<Float> hello = List.of();

    enum Client {
        JAVA,
        NODE,
        PYTHON
    }

    @BeforeAll
    static void letEveryClientLook(@TempDir Path folder) throws Exception {
        server = ServerProcess.start();
        hello = EmbeddingsSeen.floats(
                server.embed(MODEL, "hello").json().path("data").path(0).path("embedding"));
        Path config = Files.writeString(folder.resolve("headgate.yaml"), """
                dispatch:
                  leases: {suspect: 5m, ttl: 10m}
                  limits: {pendingPerLabel: 1}
                """);
        try (ServerProcess full = ServerProcess.start("--workers", "0", "--config", config.toString());
                SilentWorker worker = SilentWorker.connect(full, "silent")) {
            fillQueue(full, worker);
            look(server.url() + "/v1", full.url() + "/v1");
        }
    }

    /** One task runs for ever and one waits for it, so the third is refused, as will be all others. */
    private static void fillQueue(ServerProcess full, SilentWorker worker) throws InterruptedException {
        worker.hello(MODEL, "embed_texts");
        full.awaitWorkers(1);
        CompletableFuture<Answer> first = full.embedAsync(MODEL, "hello");
        CompletableFuture<Answer> second = full.embedAsync(MODEL, "hello");
        CompletableFuture<Answer> third = full.embedAsync(MODEL, "hello");
        assertThat(CompletableFuture.anyOf(first, second, third).join())
                .isInstanceOfSatisfying(
                        Answer.class, answer -> assertThat(answer.status()).isEqualTo(429));
    }

    private static void look(String... urls) throws Exception {
        String[] arguments = {urls[0], urls[1], MODEL};
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> node = threads.submit(() -> Peers.node("embeddings.mjs", arguments));
            Future<JsonNode> python = threads.submit(() -> Peers.python("embeddings.py", arguments));
            SEEN.put(Client.JAVA, JavaClient.look(urls[0], urls[1], MODEL));
            SEEN.put(Client.NODE, EmbeddingsSeen.of(node.get()));
            SEEN.put(Client.PYTHON, EmbeddingsSeen.of(python.get()));
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void vectorHas384NumbersOfNormOne() {
        double squares = hello.stream().mapToDouble(x -> (double) x * x).sum();
        assertThat(hello).hasSize(384);
        assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void everyClientGetsTheSameFloatsInEveryEncoding(Client client) {
        EmbeddingsSeen seen = seenBy(client);
        assertThat(seen.plain()).isEqualTo(hello);
        assertThat(seen.numbers()).isEqualTo(hello);
        assertThat(seen.base64()).isEqualTo(hello);
    }

    @ParameterizedTest
    @EnumSource
    void arrayKeepsItsOrderAndCountsItsTokens(Client client) {
        EmbeddingsSeen seen = seenBy(client);
        assertThat(seen.array()).hasSize(3).doesNotHaveDuplicates().first().isEqualTo(hello);
        assertThat(seen.array()).isEqualTo(seenBy(Client.JAVA).array());
        assertThat(seen.promptTokens()).isEqualTo(3); // [CLS] hello [SEP]
        assertThat(seen.arrayTokens())
                .isGreaterThan(10)
                .isEqualTo(seenBy(Client.JAVA).arrayTokens());
    }

    @ParameterizedTest
    @EnumSource
    void unknownModelIsTheClientsNotFound(Client client) {
        Trouble trouble = seenBy(client).unknownModel();
        assertThat(trouble.type()).startsWith("NotFound");
        assertThat(trouble.status()).isEqualTo(404);
        assertThat(trouble.message()).contains("model no-such-model is unknown");
        assertThat(trouble.code()).isEqualTo("model_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void emptyTextIsTheClientsBadRequest(Client client) {
        Trouble trouble = seenBy(client).emptyText();
        assertThat(trouble.type()).startsWith("BadRequest");
        assertThat(trouble.status()).isEqualTo(400);
        assertThat(trouble.message()).contains("input[0] is an empty string");
    }

    @ParameterizedTest
    @EnumSource
    void fullQueueIsTheClientsRateLimitAndSaysWhenToComeBack(Client client) {
        Trouble trouble = seenBy(client).queueFull();
        assertThat(trouble.type()).startsWith("RateLimit");
        assertThat(trouble.status()).isEqualTo(429);
        assertThat(Integer.parseInt(trouble.retryAfter())).isBetween(1, 59);
    }

    private static EmbeddingsSeen seenBy(Client client) {
        return Objects.requireNonNull(SEEN.get(client));
    }
}
