package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration changes while the server runs. */
class ReloadTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String BODY = "{\"model\": \"m\", \"messages\": []}";

    private final HttpClient http = HttpClient.newHttpClient();
    private FakeBackend east;
    private FakeBackend west;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void backends() throws IOException {
        east = FakeBackend.start("east");
        west = FakeBackend.start("west");
        Files.writeString(folder.resolve("east.key"), "first-key\n");
        file = folder.resolve("headgate.yaml");
        write(both("east.key"));
    }

    @AfterEach
    void end() {
        http.close();
        east.close();
        west.close();
    }

    @Test
    void noRequestFailsWhileTheConfigurationChangesTwentyTimes() throws Exception {
        try (ServerProcess server = start()) {
            List<SteadyClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(SteadyClient.start(() -> server.post(CHAT, BODY)));
            }
            for (int i = 1; i <= 20; i++) {
                for (SteadyClient client : clients) {
                    client.mark();
                }
                write(i % 2 == 0 ? both("east.key") : only(i % 4 == 1 ? east : west));
                assertThat(reload(server).body()).matches("\\{\"generation\":\\d+}");
                for (SteadyClient client : clients) {
                    client.assertGoesOn();
                }
            }
            clients.forEach(SteadyClient::close);
        }
    }

    @Test
    void newBackendServesFromTheReloadOn() throws Exception {
        try (ServerProcess server = start()) {
            write(only(west));
            assertThat(reload(server).statusCode()).isEqualTo(200);
            for (int i = 0; i < 20; i++) {
                assertThat(server.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("only");
            }
        }
    }

    @Test
    void badFileChangesNothingAndSaysWhatCheckConfigSays() throws Exception {
        try (ServerProcess server = start()) {
            write("pools: {p: {backends: [{url: h, priority: 0}]}}\nlisen: 1\n");
            HttpResponse<String> answer = reload(server);
            assertThat(answer.statusCode()).isEqualTo(422);
            try (HeadgateProcess check = HeadgateProcess.start("check-config", file.toString())) {
                assertThat(check.awaitExit()).isNotZero();
                assertThat(check.err()).hasSize(2);
                for (String problem : check.err()) {
                    assertThat(answer.body()).contains(problem);
                    assertThat(server.process().awaitErr(Pattern.quote(problem)))
                            .isNotNull();
                }
            }
            assertThat(server.post(CHAT, BODY).status()).isEqualTo(200);
            write(both("east.key"));
            assertThat(reload(server).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void changeOfTheFileIsNoticed() throws Exception {
        try (ServerProcess server = start()) {
            write(only(west));
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            assertThat(server.post(CHAT, BODY).header("x-headgate-backend")).isEqualTo("only");
        }
    }

    @Test
    void changeOfAKeyFileIsNoticed() throws Exception {
        try (ServerProcess server = start()) {
            Files.writeString(folder.resolve("east.key"), "second-key\n");
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            Eventually.until("the new key is sent", HeadgateProcess.PATIENCE, () -> {
                var _ = server.post(CHAT, BODY);
                return east.requests().stream()
                        .anyMatch(
                                request -> "second-key".equals(request.headers().get("api-key")));
            });
            assertThat(server.process().err())
                    .noneMatch(line -> line.contains("-key\n") || line.contains("second-key"));
        }
    }

    @Test
    void hangUpReloads() throws Exception {
        try (ServerProcess server = start()) {
            long pid = server.process().handle().pid();
            assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            assertThat(server.post(CHAT, BODY).status()).isEqualTo(200);
        }
    }

    @Test
    void newCertificateIsShownFromTheReloadOn() throws Exception {
        TestCertificate first = TestCertificate.make(folder);
        TestCertificate second = TestCertificate.make(Files.createDirectory(folder.resolve("second")));
        write("listen: {tls: {certFile: gateway.crt, keyFile: gateway.key}}\n" + both("east.key"));
        try (ServerProcess server = start()) {
            Certificate before = shown(server);
            Files.copy(second.certificate(), first.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(second.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
            assertThat(server.process().awaitErr("configuration reloaded generation=2"))
                    .isNotNull();
            assertThat(shown(server)).isNotEqualTo(before);
            assertThat(server.process().err()).noneMatch(line -> line.contains("takes effect at the next start"));
        }
    }

    /** Returns the certificate that the server shows, whoever signed it. */
    private static Certificate shown(ServerProcess server) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void whatNeedsARestartIsSaid() throws Exception {
        try (ServerProcess server = start()) {
            write("accessLog: true\nlisten: {host: localhost}\n" + both("east.key"));
            assertThat(reload(server).statusCode()).isEqualTo(200);
            assertThat(server.process().awaitErr("takes effect at the next start only: listen, accessLog"))
                    .isNotNull();
            write("listen: {port: 1}\n");
            assertThat(reload(server).body()).contains("pools: the last pool with backends (expected: a restart");
        }
    }

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start("--admin-port", "0", "--config", file.toString());
    }

    private HttpResponse<String> reload(ServerProcess server) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.adminUrl() + "/admin/reload"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String both(String key) {
        return """
                pools:
                  main:
                    backends:
                      - {id: east, url: "%s", credential: {apiKeyFile: %s}}
                      - {id: west, url: "%s"}
                """.formatted(east.url(), key, west.url());
    }

    private static String only(FakeBackend backend) {
        return "pools: {main: {backends: [{id: only, url: \"" + backend.url() + "\"}]}}\n";
    }

    /** Replaces the file at once, so that the server never reads half of it. */
    private void write(String text) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
