package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router chooses among real workers, is swapped while they work, and is set by operators. */
class WorkerRouterTest {
    private static final int SWAPS = 50;
    private static final List<String> ROUTERS = List.of(
            "{\"policy\": \"least-request\"}",
            "{\"class\": \"dev.headgate.app.LastNamed\"}",
            "{\"policy\": \"p2c\"}",
            "{\"source\": \"Other.java\"}");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("Chosen.java"), router("Chosen", "ranks.add(0);"));
        Files.writeString(folder.resolve("Other.java"), router("Other", "ranks.add(candidates.size() - 1);"));
        Files.writeString(folder.resolve("headgate.yaml"), """
                insecure: true
                pools:
                  tasks:
                    dispatch: true
                    router: {source: Chosen.java, reload: true}
                """);
    }

    @AfterEach
    void end() {
        http.close();
    }

    private static String router(String name, String choice) {
        return """
                import dev.headgate.core.pick.*;
                public class %s implements RequestRouter {
                    @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                        %s
                    }
                }
                """.formatted(name, choice);
    }

    @Test
    void sourceChoosesAmongTheWorkersThatHoldTheModelAndIsSwappedByOperatorsAndByItsFile() throws Exception {
        try (ServerProcess server = start()) {
            List<String> workers = awaitBothHold(server, "m");
            awaitAllTo(workers.getFirst(), server);
            assertThat(put(server, "{\"policy\": \"p3c\"}").body()).contains("p3c is unknown");
            assertThat(put(server, "{\"maxOngoing\": 3}").body())
                    .contains("maxOngoing: given (expected: none, as a worker says how many tasks it runs at once)");
            HttpResponse<String> set = put(server, "{\"policy\": \"round-robin\"}");
            assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
            assertThat(set.body()).contains("\"policy\":\"round-robin\",\"generation\":2");
            assertThat(explained(server)).contains("round-robin", workers.getFirst(), workers.getLast());

            Files.writeString(folder.resolve("Chosen.java"), router("Chosen", "ranks.add(candidates.size() - 1);"));
            assertThat(server.process().awaitErr("configuration reloaded generation=3"))
                    .isNotNull();
            awaitAllTo(workers.getLast(), server);
        }
    }

    @Test
    void serverOfWorkersAloneSaysThatItAnswersNoOperators() throws Exception {
        try (ServerProcess server = ServerProcess.start("--engine", "sleep", "--workers", "0")) {
            Eventually.until(
                    "it says so",
                    HeadgateProcess.PATIENCE,
                    () -> server.process().out().contains("admin off (--admin-port PORT answers operators)"));
        }
    }

    @Test
    void noTaskFailsWhileTheRouterIsSwapped() throws Exception {
        try (ServerProcess server = start()) {
            server.awaitWorkers(2);
            List<SteadyClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String label = "m" + i % 3;
                clients.add(SteadyClient.start(() -> server.runTask("sleep", label, Map.of("run_ms", 1))));
            }
            for (int i = 1; i <= SWAPS; i++) {
                HttpResponse<String> answer = put(server, ROUTERS.get(i % ROUTERS.size()));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("\"generation\":" + (i + 1) + ",");
            }
            for (SteadyClient client : clients) {
                client.mark();
                client.assertGoesOn();
            }
            clients.forEach(SteadyClient::close);
        }
    }

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start(
                "--engine",
                "sleep",
                "--admin-port",
                "0",
                "--config",
                folder.resolve("headgate.yaml").toString());
    }

    /** Makes more work for a model than one worker is worth, until both hold it; returns their names in order. */
    private static List<String> awaitBothHold(ServerProcess server, String label) throws InterruptedException {
        server.awaitWorkers(2);
        Eventually.until("two workers hold " + label, HeadgateProcess.PATIENCE, () -> {
            List<CompletableFuture<Answer>> tasks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                tasks.add(server.runTaskAsync("sleep", label, Map.of("run_ms", 100)));
            }
            tasks.forEach(task -> assertThat(task.join().status()).isEqualTo(200));
            return server.get("/labels").json().path(label).size() == 2;
        });
        List<String> holders = new ArrayList<>();
        server.get("/labels").json().path(label).forEach(worker -> holders.add(worker.asText()));
        return holders;
    }

    /** Waits until ten tasks in a row ran on one worker; the fallback, which chooses for a slow start, would mix them. */
    private static void awaitAllTo(String worker, ServerProcess server) throws InterruptedException {
        Eventually.until("all run on " + worker, HeadgateProcess.PATIENCE, () -> {
            for (int i = 0; i < 10; i++) {
                Answer answer = server.runTask("sleep", "m", Map.of("run_ms", 1));
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                if (!answer.header("x-headgate-worker").equals(worker)) {
                    return false;
                }
            }
            return true;
        });
    }

    private static String explained(ServerProcess server) throws InterruptedException {
        Answer answer = server.post(
                "/run-task",
                "{\"task_type\": \"sleep\", \"label\": \"m\", \"parameters_json\": \"{}\"}",
                "x-headgate-explain",
                "1");
        String decision = answer.header("x-headgate-decision");
        assertThat(decision).startsWith("tasks-");
        return ServerProcess.getFrom(server.adminUrl() + "/admin/decisions/" + decision)
                .body();
    }

    private HttpResponse<String> put(ServerProcess server, String router) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.adminUrl() + "/admin/pools/tasks/router"))
                        .PUT(HttpRequest.BodyPublishers.ofString(router))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
