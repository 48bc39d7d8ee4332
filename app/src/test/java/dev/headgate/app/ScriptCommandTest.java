package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ScriptCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void printsWhatTheRouterDecides() throws IOException {
        Path script = folder.resolve("s.jsonl");
        Files.writeString(script, """
                {"do":"pool","at":0,"router":{"policy":"least-request"},"endpoints":[{"id":"r1","probe":"none"}]}
                {"do":"request","at":5,"id":"a"}
                """);
        assertThat(run("simulate", "script", script.toString(), "--seed", "7", "--explain"))
                .isZero();
        assertThat(out.toString().lines())
                .first()
                .asString()
                .startsWith("{\"at\":5,\"choose\":{\"request\":\"a\",\"pass\":1,\"ranks\":[[\"r1\"]],\"scores\":");
        assertThat(out.toString()).contains("{\"at\":5,\"sent\":{\"request\":\"a\",\"endpoint\":\"r1\"}}");
    }

    @Test
    void followsARouterOfOnesOwnAndNamesWhatIsWrongWithIt() throws IOException {
        Files.writeString(folder.resolve("Last.java"), """
                import dev.headgate.core.pick.*;

                public class Last implements RequestRouter {
                    @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                        ranks.add(candidates.size() - 1);
                    }
                }
                """);
        Path script = folder.resolve("s.jsonl");
        Files.writeString(script, """
                {"do":"pool","at":0,"router":{"source":"Last.java"},"endpoints":[{"id":"r1","probe":"none"},{"id":"r2","probe":"none"}]}
                {"do":"request","at":5,"id":"a"}
                {"do":"swap","at":6,"router":{"jar":"none.jar"}}
                """);
        assertThat(run("simulate", "script", script.toString())).isZero();
        assertThat(out.toString()).contains("{\"at\":5,\"sent\":{\"request\":\"a\",\"endpoint\":\"r2\"}}");
        assertThat(out.toString()).contains("none.jar: no such file (expected: a jar)");
    }

    @Test
    void exampleOfAScriptShowsWhatARouterDoes() {
        String example = SourceTree.ROOT.resolve("examples/script.jsonl").toString();
        assertThat(run("simulate", "script", example)).isZero();
        assertThat(out.toString())
                .contains("{\"at\":50,\"sent\":{\"request\":\"waits\",\"endpoint\":\"r1\"}}")
                .contains("{\"at\":100,\"sent\":{\"request\":\"again\",\"endpoint\":\"r1\"}}")
                .contains("{\"at\":200,\"swapped\":{\"router\":\"least-request\",\"generation\":2}}")
                .contains("{\"at\":300,\"cancelled\":{\"request\":\"last\"}}");
    }

    @Test
    void namesTheLineThatCannotBeFollowed() throws IOException {
        Path script = folder.resolve("s.jsonl");
        Files.writeString(script, "{\"do\":\"pool\",\"at\":0}\n\n{\"do\":\"dance\"}\n");
        assertThat(run("simulate", "script", script.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(script + ":3: do: \"dance\" (expected: ");
    }

    @Test
    void aMissingFileIsNamed() {
        Path script = folder.resolve("none.jsonl");
        assertThat(run("simulate", "script", script.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(script + ": no such file (expected: a script)");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
