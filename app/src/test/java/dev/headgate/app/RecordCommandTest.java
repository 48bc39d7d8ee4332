package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live traffic is recorded and replayed. */
class RecordCommandTest {
    private static final int REQUESTS = 6;
    private static final String SECRET = "the prompt that nobody else may read ".repeat(40);

    @TempDir
    private Path folder;

    @Test
    void whatIsAskedCanBeReplayedUnderAnotherPolicy() throws Exception {
        Path trace = folder.resolve("recorded.jsonl");
        try (FakeBackend backend = FakeBackend.start("one")) {
            Path config = Files.writeString(
                    folder.resolve("headgate.yaml"),
                    "pools: {p: {backends: [{id: one, url: \"" + backend.url() + "\"}]}}\n");
            try (ServerProcess server = ServerProcess.start("--admin-port", "0", "--config", config.toString())) {
                StringWriter err = new StringWriter();
                String admin = server.adminUrl();
                CompletableFuture<Integer> recording = CompletableFuture.supplyAsync(() ->
                        run(err, "record", "--admin", admin, "--out", trace.toString(), "--requests", "" + REQUESTS));
                Eventually.until(
                        "it records",
                        HeadgateProcess.PATIENCE,
                        () -> err.toString().contains("recording to"));
                for (int i = 0; i < REQUESTS; i++) {
                    assertThat(ask(server, "turn " + i).status()).isEqualTo(200);
                }
                assertThat(recording.get()).as(err.toString()).isZero();
            }
        }
        List<String> lines = Files.readAllLines(trace);
        assertThat(lines).hasSize(REQUESTS).noneMatch(line -> line.contains("nobody"));
        JsonNode first = new JsonMapper().readTree(lines.get(0));
        JsonNode last = new JsonMapper().readTree(lines.get(REQUESTS - 1));
        assertThat(first.path("input_length").asInt()).isGreaterThan(SECRET.length() / 4);
        assertThat(first.path("hashes").size()).isGreaterThan(1);
        assertThat(first.path("hashes").get(0)).isEqualTo(last.path("hashes").get(0));
        assertThat(run(
                        new StringWriter(),
                        "simulate",
                        "routing",
                        "--trace",
                        trace.toString(),
                        "--engine",
                        "coarse",
                        "--seeds",
                        "1"))
                .isZero();
    }

    @Test
    void gatewayThatIsNotThereIsNamed() {
        StringWriter err = new StringWriter();
        assertThat(run(
                        err,
                        "record",
                        "--admin",
                        "http://127.0.0.1:1",
                        "--out",
                        folder.resolve("x").toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith("headgate record: --admin: http://127.0.0.1:1 (expected: the admin address");
    }

    private static Answer ask(ServerProcess server, String last) {
        List<Object> messages =
                List.of(Map.of("role", "system", "content", SECRET), Map.of("role", "user", "content", last));
        return server.post("/v1/chat/completions", ServerProcess.json(Map.of("model", "m", "messages", messages)));
    }

    private static int run(StringWriter err, String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
