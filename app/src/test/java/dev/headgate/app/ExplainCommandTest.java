package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a request went where it went. */
class ExplainCommandTest {
    @TempDir
    private Path folder;

    private record Ran(int exitCode, String out, String err) {}

    @Test
    void decisionOfARequestThatAsksIsExplained() throws Exception {
        try (FakeBackend one = FakeBackend.start("one");
                FakeBackend two = FakeBackend.start("two")) {
            Path config = Files.writeString(folder.resolve("headgate.yaml"), """
                    pools:
                      p:
                        router: {policy: marginal-cost}
                        backends: [{id: one, url: "%s", node: n1, zone: z1}, {id: two, url: "%s"}]
                    """.formatted(one.url(), two.url()));
            try (ServerProcess server = ServerProcess.start("--admin-port", "0", "--config", config.toString())) {
                Answer answer = server.post(
                        "/v1/chat/completions",
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}",
                        "x-headgate-explain",
                        "1");
                String id = answer.header("x-headgate-decision");
                assertThat(id).startsWith("p-");

                Ran ran = run("explain", id, "--admin", server.adminUrl());

                assertThat(ran.exitCode()).as(ran.err()).isZero();
                String backend = answer.header("x-headgate-backend");
                assertThat(ran.out())
                        .contains(backend + " was chosen (marginal-cost, pass 1")
                        .containsPattern("one  node n1, zone z1, in flight 0, .* total=[0-9]")
                        .containsPattern("two  in flight 0, .* total=[0-9]")
                        .containsPattern("0 requests in flight, total [0-9].*; next best (one|two), total [0-9]")
                        .contains("next best");
                assertThat(ran.out().lines()).hasSize(3);

                Ran unknown = run("explain", "p-999", "--admin", server.adminUrl());
                assertThat(unknown.exitCode()).isEqualTo(1);
                assertThat(unknown.err()).contains("decision: p-999 (expected: an id of x-headgate-decision");
            }
        }
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ran(exitCode, out.toString(), err.toString());
    }
}
