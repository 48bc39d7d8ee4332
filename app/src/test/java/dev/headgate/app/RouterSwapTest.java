package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another router takes over while the server runs. */
class RouterSwapTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String BODY = "{\"model\": \"m\", \"messages\": []}";
    private static final int SWAPS = 100;

    private final HttpClient http = HttpClient.newHttpClient();
    private FakeBackend east;
    private FakeBackend west;

    @TempDir
    private Path folder;

    @BeforeEach
    void backends() throws IOException {
        east = FakeBackend.start("east");
        west = FakeBackend.start("west");
        Files.writeString(folder.resolve("Chosen.java"), router("ranks.add(0);"));
        Files.writeString(folder.resolve("headgate.yaml"), """
                insecure: true
                pools:
                  main:
                    backends:
                      - {id: east, url: "%s"}
                      - {id: west, url: "%s"}
                    router: {source: Chosen.java, reload: true}
                """.formatted(east.url(), west.url()));
    }

    @AfterEach
    void end() {
        http.close();
        east.close();
        west.close();
    }

    private static String router(String choice) {
        return """
                import dev.headgate.core.pick.*;
                public class Chosen implements RequestRouter {
                    @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                        %s
                    }
                }
                """.formatted(choice);
    }

    @Test
    void noRequestFailsWhileTheRouterIsSwappedAHundredTimes() throws Exception {
        try (ServerProcess server = start()) {
            List<SteadyClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(SteadyClient.start(() -> server.post(CHAT, BODY)));
            }
            for (int i = 1; i <= SWAPS; i++) {
                String router = i % 2 == 0 ? "{\"source\": \"Chosen.java\"}" : "{\"policy\": \"least-request\"}";
                HttpResponse<String> answer = put(server, router);
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

    @Test
    void changedSourceTakesOverAndOneThatDoesNotCompileDoesNot() throws Exception {
        try (ServerProcess server = start()) {
            awaitAllTo("east", server);
            Files.writeString(folder.resolve("Chosen.java"), router("ranks.add(candidates.size() - 1);"));
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            awaitAllTo("west", server);

            Files.writeString(folder.resolve("Chosen.java"), router("ranks.ad(0);"));
            assertThat(server.process().awaitErr("Chosen.java:4:14 cannot find symbol"))
                    .isNotNull();
            awaitAllTo("west", server);
        }
    }

    @Test
    void routerThatFailsIsContainedAndCounted() throws Exception {
        try (ServerProcess server = start()) {
            Files.writeString(folder.resolve("Chosen.java"), router("throw new IllegalStateException();"));
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            for (int i = 0; i < 60; i++) {
                assertThat(server.post(CHAT, BODY).status()).isEqualTo(200);
            }
            assertThat(server.process().awaitErr("router quarantined")).isNotNull();
            String failures = metric(server, "headgate_router_failures_total{pool=\"main\",kind=\"exception\"} ");
            assertThat(Integer.parseInt(failures)).isBetween(1, 50);
        }
    }

    @Test
    void routerThatHangsIsContained() throws Exception {
        try (ServerProcess server = start()) {
            Files.writeString(folder.resolve("Chosen.java"), router("while (true) { Thread.onSpinWait(); }"));
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            for (int i = 0; i < 5; i++) {
                assertThat(server.post(CHAT, BODY).status()).isEqualTo(200);
            }
            assertThat(metric(server, "headgate_router_failures_total{pool=\"main\",kind=\"timeout\"} "))
                    .isEqualTo("1");
        }
    }

    @Test
    void commandSetsARouterAndSaysWhyNot() throws Exception {
        try (ServerProcess server = start()) {
            Ran set = run("set", "--pool", "main", "--policy", "p2c", "--admin", server.adminUrl());
            assertThat(set.exitCode).as(set.err).isZero();
            assertThat(set.out).contains("\"policy\":\"p2c\",\"generation\":2");
            Ran refused = run("set", "--pool", "main", "--policy", "p3c", "--admin", server.adminUrl());
            assertThat(refused.exitCode).isEqualTo(1);
            assertThat(refused.err).contains("422: request:1: router.policy: p3c is unknown");
            Ran unknown = run("set", "--pool", "other", "--policy", "p2c", "--admin", server.adminUrl());
            assertThat(unknown.err).contains("404: path: /admin/pools/other/router (expected: ");
            assertThat(put(server, "{\"sourceText\": \"x\"}").body())
                    .contains("as admin.allowRouterSource is not true");
            Ran noToken = run(
                    "set", "--pool", "main", "--policy", "p2c", "--token-file", "none", "--admin", server.adminUrl());
            assertThat(noToken.err).contains("--token-file: none (expected: a file that can be read)");
            assertThat(put(server, "[]").body()).contains("not an object (expected: a router as an object)");
            assertThat(put(server, "{}}").statusCode()).isEqualTo(422);
        }
    }

    @Test
    void resetReturnsToTheRouterOfTheFile() throws Exception {
        try (ServerProcess server = start()) {
            assertThat(ask(server, "GET").body()).contains("\"from\":\"file\"");
            assertThat(put(server, "{\"policy\": \"p2c\"}").body())
                    .contains("\"policy\":\"p2c\"", "\"from\":\"admin\"");

            HttpResponse<String> reset = ask(server, "DELETE");
            assertThat(reset.statusCode()).as(reset.body()).isEqualTo(200);
            assertThat(reset.body()).contains("\"policy\":\"source:Chosen\",\"generation\":3,", "\"from\":\"file\"");
            awaitAllTo("east", server);

            put(server, "{\"policy\": \"p2c\"}");
            Ran ran = run("reset", "--pool", "main", "--admin", server.adminUrl());
            assertThat(ran.exitCode).as(ran.err).isZero();
            assertThat(ran.out)
                    .contains("\"from\":\"file\"")
                    .isEqualTo(ask(server, "GET").body() + "\n");
            assertThat(run("reset", "--pool", "other", "--admin", server.adminUrl()).err)
                    .contains("404: path: /admin/pools/other/router (expected: ");
        }
    }

    @Test
    void routerThatWasSetEndsForGoodWithAnotherRouterInTheFile() throws Exception {
        Path file = folder.resolve("headgate.yaml");
        String first = Files.readString(file);
        try (ServerProcess server = start()) {
            put(server, "{\"policy\": \"p2c\"}");
            Files.writeString(file, first.replace("{source: Chosen.java, reload: true}", "{policy: round-robin}"));
            assertThat(server.process().awaitErr("configuration reloaded generation=3"))
                    .isNotNull();
            assertThat(ask(server, "GET").body()).contains("\"policy\":\"round-robin\"", "\"from\":\"file\"");
            Files.writeString(file, first);
            assertThat(server.process().awaitErr("configuration reloaded generation=4"))
                    .isNotNull();
            assertThat(ask(server, "GET").body()).contains("\"from\":\"file\"").doesNotContain("p2c");
        }
    }

    @Test
    void nothingIsNoRouterAndAnotherMethodIsNotAllowed() throws Exception {
        try (ServerProcess server = start()) {
            HttpResponse<String> nothing = put(server, "{}");
            assertThat(nothing.statusCode()).isEqualTo(422);
            assertThat(nothing.body())
                    .isEqualTo("{\"error\":\"request: an empty object (expected: policy, class, jar or source;"
                            + " DELETE returns to the router of the file)\"}");
            HttpResponse<String> other = ask(server, "POST");
            assertThat(other.statusCode()).isEqualTo(405);
            assertThat(other.headers().firstValue("allow")).contains("DELETE, GET, PUT");
        }
    }

    /** Waits until ten requests in a row go to one backend; the fallback, which chooses for a slow start, would mix them. */
    private static void awaitAllTo(String backend, ServerProcess server) throws InterruptedException {
        Eventually.until("all go to " + backend, HeadgateProcess.PATIENCE, () -> {
            for (int i = 0; i < 10; i++) {
                if (!server.post(CHAT, BODY).header("x-headgate-backend").equals(backend)) {
                    return false;
                }
            }
            return true;
        });
    }

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start(
                "--admin-port", "0", "--config", folder.resolve("headgate.yaml").toString());
    }

    private HttpResponse<String> put(ServerProcess server, String router) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.adminUrl() + "/admin/pools/main/router"))
                        .PUT(HttpRequest.BodyPublishers.ofString(router))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(ServerProcess server, String method) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.adminUrl() + "/admin/pools/main/router"))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Returns what follows {@code name} on its line of the metrics, empty if it has none. */
    private String metric(ServerProcess server, String name) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.adminUrl() + "/metrics"))
                .GET()
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] whole = new String[arguments.length + 1];
        whole[0] = "router";
        System.arraycopy(arguments, 0, whole, 1, arguments.length);
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(whole);
        return new Ran(code, out.toString(), err.toString());
    }

    private record Ran(int exitCode, String out, String err) {}
}
