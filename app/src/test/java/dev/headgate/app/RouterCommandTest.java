package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterCommandTest {
    private static final Path EXAMPLES = SourceTree.ROOT.resolve("examples").resolve("routers");

    @TempDir
    private Path folder;

    @Test
    void newRouterPassesItsCheckAndCanBeTried() throws IOException {
        Ran init = run("router", "init", "MyRouter", "--dir", folder.toString());
        assertThat(init.exitCode).as(init.err).isZero();
        String file = folder.resolve("MyRouter.java").toString();
        Ran check = run("router", "check", file);
        assertThat(check.exitCode).as(check.err).isZero();
        assertThat(check.out)
                .contains("MyRouter.java: source:MyRouter")
                .contains("8 endpoints: ", "16 of 17 requests placed at once");

        Ran tried = run("router", "try", file, "--trace", trace().toString());
        assertThat(tried.exitCode).as(tried.err).isZero();
        assertThat(tried.out).contains("source:" + file, "marginal-cost", "least-request");
        Ran again = run("router", "init", "MyRouter", "--dir", folder.toString());
        assertThat(again.exitCode).isEqualTo(2);
        assertThat(again.err).contains("MyRouter.java: exists (expected: a new file)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UniformRouter.java", "ThroughputAwareRouter.java"})
    void examplesPassTheirCheckAndRunInTheSimulator(String name) throws IOException {
        String file = EXAMPLES.resolve(name).toString();
        Ran check = run("router", "check", file);
        assertThat(check.exitCode).as(check.err).isZero();
        Ran tried = run("router", "try", file, "--trace", trace().toString());
        assertThat(tried.exitCode).as(tried.err).isZero();
        assertThat(tried.out).contains("source:" + file);
    }

    @Test
    void parametersAreGivenAndRefused() {
        String file = EXAMPLES.resolve("ThroughputAwareRouter.java").toString();
        assertThat(run("router", "check", file, "--with", "stat=load").exitCode).isZero();
        Ran refused = run("router", "check", file, "--with", "state=load");
        assertThat(refused.exitCode).isEqualTo(2);
        assertThat(refused.err).contains("state: unknown parameter (expected: stat)");
    }

    @Test
    void routerThatThrowsFailsItsCheckAtItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("Bad.java"), """
                import dev.headgate.core.pick.*;
                public class Bad implements RequestRouter {
                    @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                        ranks.add(candidates.size());
                    }
                }
                """);
        Ran check = run("router", "check", file.toString());
        assertThat(check.exitCode).isEqualTo(1);
        assertThat(check.err).contains("the first: choose throws", "candidate: 1 (expected: 0 to 0)");
    }

    @Test
    void sourceThatDoesNotCompileIsShown() throws IOException {
        Path file = Files.writeString(folder.resolve("Bad.java"), "public class Bad {\n  int x = ;\n}\n");
        Ran check = run("router", "check", file.toString());
        assertThat(check.exitCode).isEqualTo(2);
        assertThat(check.err).contains(file + ":2:11 illegal start of expression\n  int x = ;\n          ^");
    }

    private Path trace() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int r = 0; r < 40; r++) {
            lines.append("{\"timestamp\":%d,\"input_length\":1500,\"output_length\":40,\"hash_ids\":[0,%d,%d]}\n"
                    .formatted(500 * r, r % 7, 100 + r));
        }
        return Files.writeString(folder.resolve("small.jsonl"), lines);
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    private record Ran(int exitCode, String out, String err) {}
}
