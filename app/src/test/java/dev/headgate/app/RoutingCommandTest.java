package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingCommandTest {
    @TempDir
    private Path folder;

    private Path trace = Path.of("");

    @BeforeEach
    void aSmallTrace() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int r = 0; r < 60; r++) {
            lines.append("{\"timestamp\":%d,\"input_length\":1500,\"output_length\":40,\"hash_ids\":[0,%d,%d]}\n"
                    .formatted(500 * r, r % 7, 100 + r));
        }
        trace = Files.writeString(folder.resolve("small.jsonl"), lines);
    }

    @Test
    void aTraceIsSimulatedAndReported() {
        Ran ran = run("--trace", trace.toString(), "--policy", "marginal-cost,lmetric", "--seeds", "2");
        assertThat(ran.exitCode).as(ran.err).isZero();
        assertThat(ran.out)
                .contains("small.jsonl: mooncake", "60 requests", "marginal-cost", "best peer", "Uncalibrated");
        assertThat(ran.err).contains("small.jsonl x1.0 lmetric seed 2");
    }

    @Test
    void theSameCommandGivesTheSameDocumentWhateverTheThreads() throws IOException {
        String[] command = {"--trace", trace.toString(), "--policy", "gie", "--seeds", "2", "--json", "--threads", "1"};
        String once = withoutWallSeconds(run(command).out);
        command[command.length - 1] = "3";
        assertThat(withoutWallSeconds(run(command).out)).isEqualTo(once);
    }

    @Test
    void filesHoldWhatWasPrintedAndAPlot() throws IOException {
        Path out = folder.resolve("out");
        Path plot = folder.resolve("plot.svg");
        Ran ran = run("--trace", trace.toString(), "--seeds", "1", "--out", out.toString(), "--plot", plot.toString());
        assertThat(ran.exitCode).as(ran.err).isZero();
        assertThat(Files.readString(out.resolve("report.txt"))).isEqualTo(ran.out);
        assertThat(new JsonMapper()
                        .readTree(out.resolve("report.json").toFile())
                        .has("results"))
                .isTrue();
        assertThat(Files.readString(plot)).startsWith("<svg ").contains("marginal-cost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--policy foo | policy: foo",
                "--policy marginal-cost{foo=1} | foo",
                "--policy jar:a.jar | a.jar: no such file (expected: a jar)",
                "--replicas 0 | --replicas: 0 (expected: a number from 1",
                "--speedup 0 | --speedup: 0 (expected: a number > 0)",
                "--seeds 0 | --seeds: 0 (expected: a whole number >= 1)",
                "--engine foo | --engine: foo (expected: one of h100-llama8b, coarse)",
                "--set foo=1 | --set: foo (expected: one of adapters",
                "--set budget | --set: budget (expected: NAME=NUMBER)",
                "--slo foo=1s | --slo: foo=1s (expected: ttft=… or tpot=…)",
                "--slo ttft=1 | --slo: 1 (expected: a duration",
                "--jitter soon | --jitter: soon (expected: a duration",
                "--signal-age 1 | --signal-age: 1 (expected: a duration",
                "--format xml | --format: xml (expected: one of mooncake",
                "--binding never | --binding: never (expected: early, late, auto",
                "--flow fair | --flow: fair (expected: off, on, vtc",
                "--plot no/such/folder/a.svg | --plot: no/such/folder/a.svg (expected: a file in a folder that can be written)",
                "--out pom.xml | --out: pom.xml (expected: a folder, or a place for one)",
                "--plot a.gif | --plot: a.gif (expected: a name that ends in .svg or .png)",
                "--workload W1 | --trace and --workload (expected: one of the two)",
                "--set blockTokens=48 | blocks of 48 tokens (expected: ",
                "--set kvTokens=1600 | no request left of 60",
            })
    void whatCannotBeIsRefusedInOneSentence(String arguments, String sentence) {
        String[] words = ("--trace " + trace + " " + arguments).split(" ");
        Ran ran = run(words);
        assertThat(ran.err).contains(sentence);
        assertThat(ran.err).doesNotContain("seed 1");
        assertThat(ran.exitCode).isEqualTo(2);
        assertThat(ran.out).isEmpty();
    }

    @Test
    void inputIsDescribedOnceWhateverItsSpeeds() {
        Ran ran = run("--trace", trace.toString(), "--seeds", "1", "--speedup", "1,2");
        assertThat(ran.out).contains("×1,", "×2,").containsOnlyOnce("small.jsonl: mooncake");
    }

    @Test
    void measuredRunsAreRead() throws IOException {
        Path file = Files.writeString(folder.resolve("measured"), "{}\n");
        Ran ran = execute("simulate", "calibrate", "--measured", file.toString());
        assertThat(ran.exitCode).isEqualTo(2);
        assertThat(ran.err).contains("--measured: " + file + ":1: {} (expected: input_toks");
    }

    private static String withoutWallSeconds(String document) throws IOException {
        JsonNode root = new JsonMapper().readTree(document);
        ((ObjectNode) root).remove("wallSeconds");
        return root.toString();
    }

    private static Ran run(String... arguments) {
        String[] whole = new String[arguments.length + 2];
        whole[0] = "simulate";
        whole[1] = "routing";
        System.arraycopy(arguments, 0, whole, 2, arguments.length);
        return execute(whole);
    }

    private static Ran execute(String... arguments) {
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
