package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.app.FakeBackend.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody may read: credentials, prompts and completions; and who may ask. */
class RelaySecrecyTest {
    private static final List<String> SECRETS = List.of(
            "key-of-backend",
            "token-of-caller",
            "token-of-operator",
            "key-in-query",
            "what was asked",
            "hello from",
            "scripted");

    private final HttpClient http = HttpClient.newHttpClient();
    private FakeBackend backend;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void configured() throws IOException {
        backend = FakeBackend.start("only");
        Files.writeString(folder.resolve("caller.token"), "token-of-caller\n");
        Files.writeString(folder.resolve("operator.token"), "token-of-operator\n");
        file = Files.writeString(folder.resolve("headgate.yaml"), """
                admin: {port: 0, tokenFile: operator.token}
                auth: {clients: [{tenant: t, tokenFile: caller.token}]}
                accessLog: true
                pools:
                  main:
                    backends:
                      - {id: bad, url: "http://127.0.0.1:1", priority: 1, credential: {apiKey: "${BACKEND_KEY}"}}
                      - {id: good, url: "%s", priority: 2, credential: {apiKey: "${BACKEND_KEY}"}}
                """.formatted(backend.url()));
    }

    @AfterEach
    void end() {
        http.close();
        backend.close();
    }

    @Test
    void noLogAndNoAnswerOfOursHoldsACredentialOrAPrompt() throws Exception {
        try (ServerProcess server = start()) {
            assertThat(chat(server, "token-of-caller").statusCode()).isEqualTo(200);
            backend.then(Reply.error(401, "invalid_api_key"));
            HttpResponse<String> failed = chat(server, "token-of-caller");
            assertThat(failed.statusCode()).isGreaterThanOrEqualTo(400);
            assertThat(chat(server, "token-of-caller").statusCode()).isGreaterThanOrEqualTo(400);
            String told = admin(server, "/admin/backends", "token-of-operator").body()
                    + admin(server, "/metrics", "token-of-operator").body();
            assertThat(told).contains("bad", "good").doesNotContain(SECRETS);
            assertThat(server.process().err())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).doesNotContain(SECRETS));
            assertThat(backend.requests().getFirst().headers())
                    .containsEntry("api-key", "key-of-backend")
                    .doesNotContainKey("authorization");
        }
    }

    @Test
    void onlyThoseWithATokenAreServed() throws Exception {
        try (ServerProcess server = start()) {
            assertThat(chat(server, "wrong").statusCode()).isEqualTo(401);
            assertThat(backend.requests()).isEmpty();
            assertThat(admin(server, "/admin/backends", "token-of-caller").statusCode())
                    .isEqualTo(401);
            assertThat(admin(server, "/healthz", "none").statusCode()).isEqualTo(200);
            assertThat(server.get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void newTokenOfACallerHoldsFromTheReloadOn() throws Exception {
        try (ServerProcess server = start()) {
            Files.writeString(folder.resolve("caller.token"), "another\n");
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            assertThat(chat(server, "token-of-caller").statusCode()).isEqualTo(401);
            assertThat(chat(server, "another").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void newTokenOfOperatorsHoldsFromTheReloadOn() throws Exception {
        try (ServerProcess server = start()) {
            Files.writeString(folder.resolve("operator.token"), "another\n");
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            assertThat(admin(server, "/admin/backends", "token-of-operator").statusCode())
                    .isEqualTo(401);
            assertThat(admin(server, "/admin/backends", "another").statusCode()).isEqualTo(200);
            assertThat(server.process().err()).noneMatch(line -> line.contains("takes effect at the next start"));
        }
    }

    @Test
    void workersFindNoDoorWhereOnlyBackendsServe() throws Exception {
        try (ServerProcess server = start()) {
            for (String path : List.of("/workers", "/labels", "/worker-listen")) {
                HttpRequest request =
                        request(server.url() + path, "token-of-caller").GET().build();
                String body =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                assertThat(body).as(path).contains("hello from only");
            }
        }
    }

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start(
                Map.of("BACKEND_KEY", "key-of-backend", "HEADGATE_LOG", "TRACE"), "--config", file.toString());
    }

    private HttpResponse<String> chat(ServerProcess server, String token) throws IOException, InterruptedException {
        return http.send(
                request(server.url() + "/v1/chat/completions?api-key=key-in-query", token)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"what was asked\"}]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> admin(ServerProcess server, String path, String token)
            throws IOException, InterruptedException {
        return http.send(request(server.adminUrl() + path, token).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String url, String token) {
        return HttpRequest.newBuilder(URI.create(url)).header("authorization", "Bearer " + token);
    }
}
