package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gives a running server what nobody should, while another client's requests go on. */
class BadInputTest {
    private static final String MODEL = "all-minilm-l6-v2-q";

    /** More tokens than any of the models takes. */
    private static final String LONG_TEXT = "word ".repeat(600);

    private static ServerProcess server;
    private static SteadyClient other;
    private static Path models;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start(@TempDir Path shared) throws Exception {
        models = shared;
        Files.writeString(model("corrupt").resolve("model.onnx"), "no graph at all");
        Files.writeString(model("vanishing").resolve("model.onnx"), "deleted once the workers have listed it");
        Path real = ModelStore.open(List.of()).ensure(MODEL, _ -> {}).model();
        Files.createSymbolicLink(model("wordless").resolve("model.onnx"), real);
        Files.delete(models.resolve("wordless/tokenizer.json"));
        server = ServerProcess.start("--models", models.toString());
        server.awaitWorkers(2);
        Files.delete(models.resolve("vanishing/model.onnx"));
        assertThat(server.embed(MODEL, "hello").status()).isEqualTo(200);
        other = SteadyClient.start(() -> server.embed(MODEL, "hello"));
    }

    private static Path model(String name) throws IOException {
        Path directory = Files.createDirectories(models.resolve(name));
        Files.writeString(directory.resolve("tokenizer.json"), "{}");
        return directory;
    }

    @AfterAll
    static void stop() {
        other.close();
        server.close();
    }

    @BeforeEach
    void noteTheOtherClient() {
        other.mark();
    }

    @AfterEach
    void theOtherClientGoesOn() throws InterruptedException {
        other.assertGoesOn();
    }

    // ---- what the command line and the file say

    @Test
    void portInUseIsSaidInOneSentence() throws Exception {
        String port = Integer.toString(server.port());
        try (HeadgateProcess second = HeadgateProcess.start("serve", "--port", port, "--workers", "0")) {
            assertThat(second.awaitExit()).isEqualTo(2);
            assertThat(second.out()).isEmpty();
            assertThat(second.err())
                    .singleElement()
                    .asString()
                    .startsWith("headgate serve: ")
                    .contains(port)
                    .contains("--port 0");
        }
    }

    @Test
    void unknownFlagNamesTheNearest() throws Exception {
        try (HeadgateProcess process = HeadgateProcess.start("serve", "--wokers", "0")) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.err())
                    .containsExactly("headgate serve: unknown option --wokers (did you mean --workers?)");
        }
    }

    @Test
    void everyProblemOfTheFileIsALineWithItsPlace() throws Exception {
        Path file = Files.writeString(folder.resolve("headgate.yaml"), """
                listen: {port: 0}
                dispatch:
                  limits: {deadline: soon}
                  plcement: {}
                """);
        try (HeadgateProcess process = HeadgateProcess.start("serve", "--config", file.toString())) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.out()).isEmpty();
            assertThat(process.err()).hasSize(2);
            assertThat(process.err().get(0)).startsWith(file + ":3: dispatch.limits.deadline: soon (expected: ");
            assertThat(process.err().get(1))
                    .isEqualTo(file + ":4: dispatch.plcement: unknown key (did you mean placement?)");
        }
    }

    // ---- workers that should not be let in

    @Test
    void workerWithAWrongTokenKeepsTryingAndIsLetInWithTheRightOne() throws Exception {
        Path expected = Files.writeString(folder.resolve("expected"), "right\n");
        Path given = Files.writeString(folder.resolve("given"), "wrong\n");
        Path config = Files.writeString(
                folder.resolve("headgate.yaml"), "dispatch: {auth: {workers: [{tokenFile: " + expected + "}]}}\n");
        try (ServerProcess guarded = ServerProcess.start("--workers", "0", "--config", config.toString());
                HeadgateProcess worker = HeadgateProcess.start(
                        Map.of("HEADGATE_LOG", "DEBUG"),
                        "worker",
                        "--dispatcher",
                        guarded.dispatcher(),
                        "--engine",
                        "sleep",
                        "--id",
                        "w1",
                        "--token-file",
                        given.toString())) {
            Pattern refused = Pattern.compile("refuses worker w1 \\(401\\): its token file holds no valid token");
            Eventually.until(
                    "it tries again and again",
                    HeadgateProcess.PATIENCE,
                    () -> worker.matches(refused).size() >= 3);
            assertThat(warnings(worker.err())).hasSize(1);
            assertThat(warnings(guarded.process().err()))
                    .singleElement()
                    .asString()
                    .contains("a worker with a missing or wrong token was refused");

            Files.writeString(given, "right\n");
            assertThat(guarded.awaitWorkers(1)).containsExactly("w1");
        }
    }

    @Test
    void secondWorkerOfOneIdIsTurnedAway() throws Exception {
        try (HeadgateProcess second = HeadgateProcess.start(
                "worker", "--dispatcher", server.dispatcher(), "--engine", "sleep", "--id", "worker-1")) {
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.err())
                    .singleElement()
                    .asString()
                    .endsWith("another worker named worker-1 is connected to " + server.dispatcher()
                            + "; give this one another id");
        }
    }

    @Test
    void malformedFramesCostTheirConnectionOnly() throws Exception {
        byte[] heartbeat = Frame.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setN(1))
                .build()
                .toByteArray();
        assertThat(closeCodeOf("stranger-1", "no protobuf \u00ff".getBytes(UTF_8)))
                .isEqualTo(1007);
        assertThat(closeCodeOf("stranger-2", heartbeat)).isEqualTo(4400);
        assertThat(server.awaitWorkers(2)).containsExactly("worker-1", "worker-2");
    }

    private static int closeCodeOf(String id, byte[] frame) throws Exception {
        try (SilentWorker stranger = SilentWorker.connect(server, id)) {
            stranger.send(frame);
            return stranger.closeCode().get(10, TimeUnit.SECONDS);
        }
    }

    // ---- models that cannot be had

    @Test
    void corruptModelIsNamedWithItsFile() {
        Answer openAi = server.embed("corrupt", "hello");
        assertThat(openAi.status()).isEqualTo(502);
        assertThat(openAi.code()).isEqualTo("model_load_failed");
        assertThat(openAi.message())
                .contains("corrupt", models.resolve("corrupt/model.onnx").toString())
                .doesNotContain("\n");
        Answer task = server.runTask("embed_texts", "corrupt", Map.of("texts", List.of("hello")));
        assertThat(task.status()).isIn(502, 503);
        assertThat(task.message()).contains("corrupt").doesNotContain("\n");
    }

    @Test
    void modelWhoseFileVanishedIsNamed() {
        Answer answer = server.embed("vanishing", "hello");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.message())
                .startsWith("model vanishing failed to load: ")
                .contains("neither a model directory nor the catalogue has it")
                .doesNotContain("\n");
    }

    @Test
    void modelWithoutATokenizerIsNamedWithTheFileItLacks() {
        Answer answer = server.embed("wordless", "hello");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.message())
                .contains("wordless", models.resolve("wordless/tokenizer.json").toString())
                .doesNotContain("\n");
    }

    @Test
    void modelLargerThanTheWorkersMemoryIsSaidSo() throws Exception {
        try (ServerProcess small = ServerProcess.start("--workers", "0");
                HeadgateProcess worker = HeadgateProcess.start(
                        "worker", "--dispatcher", small.dispatcher(), "--id", "small", "--memory", "20MB")) {
            assertThat(small.awaitWorkers(1)).containsExactly("small");
            Answer answer = small.embed(MODEL, "hello");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.message()).contains(MODEL, "memory").doesNotContain("\n");
            assertThat(worker.isAlive()).isTrue();
        }
    }

    @Test
    void unknownModelIsNotFound() {
        Answer openAi = server.embed("no-such-model", "hello");
        assertThat(openAi.status()).isEqualTo(404);
        assertThat(openAi.code()).isEqualTo("model_not_found");
        Answer task = server.runTask("embed_texts", "no-such-model", Map.of("texts", List.of("hello")));
        assertThat(task.status()).isEqualTo(404);
        assertThat(task.code()).isEqualTo("unknown_label");
        assertThat(task.message()).isEqualTo(openAi.message()).contains("no-such-model", "/v1/models");
    }

    // ---- requests that cannot be served

    @Test
    void textOverTheModelsLengthIsRefusedWithItsIndexCountAndLimit() {
        String[] texts = Collections.nCopies(41, "short").toArray(String[]::new);
        texts[40] = LONG_TEXT; // in the second of the tasks that the array is split into
        Answer answer = server.embed(MODEL, texts);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).isEqualTo("input[40] has 602 tokens (expected: <= 256)");
    }

    @Test
    void textOverTheModelsLengthIsCutWhereThisIsAskedFor() {
        Answer openAi = server.post(
                "/v1/embeddings", ServerProcess.json(Map.of("model", MODEL, "input", LONG_TEXT, "truncate", true)));
        assertThat(openAi.status()).isEqualTo(200);
        assertThat(openAi.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(256);

        Answer task = server.runTask("embed_texts", MODEL, Map.of("texts", List.of(LONG_TEXT)));
        assertThat(task.status()).isEqualTo(200);
        assertThat(task.json().path("tokens").asInt()).isEqualTo(256);
        assertThat(Answer.floats(task.json().path("embeddings").path(0))).isEqualTo(openAi.vector());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400 | task_type",
                "{'task_type':'embed_texts'} | 400 | label",
                "{'task_type':'embed_texts','label':'" + MODEL + "','parameters_json':'{'} | 400 | parameters_json",
                "{'task_type':'embed_texts','label':'" + MODEL + "','parameters_json':{}} | 400 | parameters_json",
                "{'task_type':'frobnicate','label':'" + MODEL + "','parameters_json':'{}'} | 422 | frobnicate",
                "not json | 400 | JSON"
            },
            quoteCharacter = '`')
    void taskThatCannotBeReadIsRefusedByName(String body, int status, String named) {
        Answer answer = server.post("/run-task", body.replace('\'', '"'));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).contains(named).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/run-task"})
    void bodyOf100MegabytesIsRefusedBeforeItIsRead(String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            String head = "POST " + path + " HTTP/1.1\r\nhost: here\r\ncontent-length: 100000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(UTF_8));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), UTF_8); // the server closes, or this fails
            assertThat(answer)
                    .startsWith("HTTP/1.1 413 ")
                    .endsWith("}")
                    .contains("the body is larger than 16777216 bytes");
        }
    }

    @Test
    void clientThatSendsAll100MegabytesIsNotHeldUp() throws Exception {
        // What such a client sees is a race: the answer, or the connection that ends while it still writes.
        CompletableFuture<Boolean> refused = server.postAsync("/v1/embeddings", "x".repeat(100_000_000))
                .handle((answer, failure) ->
                        answer == null ? failure.getCause() instanceof IOException : answer.status() == 413);
        assertThat(refused.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static List<String> warnings(List<String> lines) {
        return lines.stream()
                .filter(line -> Arrays.asList(line.split(" +", -1)).contains("WARN"))
                .toList();
    }
}
