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
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
    private record Ran(int exitCode, String out, String err) {}

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | headgate: no command (see headgate help)",
                "versoin | headgate: unknown command versoin (did you mean version?)",
                "frobnicate | headgate: unknown command frobnicate (see headgate --help)",
                "--hlep | headgate: unknown option --hlep (did you mean --help?)",
                "version --helf=3 | headgate version: unknown option --helf (did you mean --help?)",
                "version now | headgate version: unexpected argument now (see headgate help)",
                "serv | headgate: unknown command serv (did you mean serve?)",
                "serve --prot 1 | headgate serve: unknown option --prot (did you mean --port?)",
                "serve --port 65536 | headgate serve: --port: 65536 (expected: a port from 0 to 65535)",
                "serve --workers -1 | headgate serve: --workers: -1 (expected: a whole number >= 0)",
                "serve --engine llama | headgate serve: --engine: llama (expected: one of onnx, sleep)",
                "serve --transport uring | headgate serve: --transport: uring (expected: one of auto, epoll, io_uring, nio)",
                "worker | headgate worker: missing required option: '--dispatcher=URL'",
                "worker --dispatcher ws://h/ --memory lots | headgate worker: --memory: lots (expected: a size such as 64KB or 2GiB)",
                "worker --dispatcher ws://h/ --health-port :1 | headgate worker: --health-port: :1 (expected: PORT or HOST:PORT)",
                "bench | headgate bench: no command (expected: one of dispatch, core, failover, gateway, fleet)",
                "bench dispach | headgate bench: unknown command dispach (did you mean dispatch?)",
                "bench failover --scenario S17 | headgate bench failover: --scenario: S17 (expected: S01 to S16)",
                "bench failover --target 8080 | headgate bench failover: --target: 8080 (expected: a URL such as http://127.0.0.1:8080)",
                "bench gateway --rivals ngin | headgate bench gateway: --rivals: ngin (expected: one of nginx, haproxy, envoy, portkey, litellm)",
                "simulate | headgate simulate: no command (expected: one of dispatch, routing, live, calibrate, script)",
                "help bench cor | headgate help: unknown command cor (did you mean core?)",
                "help versoin | headgate help: unknown command versoin (did you mean version?)",
                "check-config | headgate check-config: missing required parameter: 'FILE'",
                "check-config a b | headgate check-config: unexpected argument b (see headgate help)"
            })
    void wrongUseIsAnsweredInOneSentence(String arguments, String sentence) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(new Ran(2, "", sentence + System.lineSeparator()));
    }

    @Test
    void helpNamesEveryCommandAndExitCode() {
        Ran help = run("help");
        assertThat(help.exitCode()).isZero();
        for (String command : Main.commandLine().getSubcommands().keySet()) {
            assertThat(help.out()).contains("  " + command + " ");
        }
        assertThat(help.out()).contains("headgate test", "0   all is well", "1   it failed", "2   it was used wrongly");
        assertThat(run("--help")).isEqualTo(help);
    }

    @Test
    void helpOfACommandIsItsOwn() {
        assertThat(run("help", "check-config").out()).startsWith("Usage: headgate check-config [-h] FILE");
        assertThat(run("check-config", "--help")).isEqualTo(run("help", "check-config"));
    }

    @Test
    void versionNamesTheBuildAndTheJdk() {
        Ran version = run("version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out())
                .matches("headgate \\d+\\.\\d+\\.\\d+ \\(Java .*\\)\\R")
                .contains(System.getProperty("java.home"));
    }

    @Test
    void goodConfigurationIsOk() throws IOException {
        Path file = Files.writeString(folder.resolve("headgate.yaml"), "listen: {port: 0}\n");
        assertThat(run("check-config", file.toString()))
                .isEqualTo(new Ran(
                        0,
                        file + ": ok (pools: 1, backends: 0, routes: 0; embeddings has workers)"
                                + System.lineSeparator(),
                        ""));
    }

    @Test
    void poolOfWorkersIsCounted() throws IOException {
        Path file = Files.writeString(
                folder.resolve("headgate.yaml"), "pools: {tasks: {dispatch: true}, p: {backends: [{url: h}]}}\n");
        assertThat(run("check-config", file.toString()).out())
                .isEqualTo(
                        file + ": ok (pools: 2, backends: 1, routes: 0; tasks has workers)" + System.lineSeparator());
    }

    @Test
    void whatIsProbablyNotMeantIsAWarning() throws IOException {
        Path file = Files.writeString(
                folder.resolve("headgate.yaml"), "pools: {p: {backends: [{url: 'https://api.openai.com/v1'}]}}\n");
        Ran ran = run("check-config", file.toString());
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.err())
                .isEqualTo(file + ":1: warning: pools.p.backends[0].url: https://api.openai.com/v1 (a request to"
                        + " /v1/models goes to /v1/v1/models; expected: https://api.openai.com)"
                        + System.lineSeparator());
    }

    @Test
    void everyProblemOfABadConfigurationIsALine() throws IOException {
        Path file = Files.writeString(folder.resolve("headgate.yaml"), "listen: {port: x}\n\npols: 1\n");
        Ran ran = run("check-config", file.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines())
                .containsExactly(
                        file + ":1: listen.port: x (expected: integer 0..65535)",
                        file + ":3: pols: unknown key (did you mean pools?)");
    }

    @Test
    void goodConfigurationWithBackendsIsCounted() throws IOException {
        Path file =
                Files.writeString(folder.resolve("headgate.yaml"), "pools: {p: {backends: [{url: h}, {url: i}]}}\n");
        assertThat(run("check-config", file.toString()))
                .isEqualTo(new Ran(0, file + ": ok (pools: 1, backends: 2, routes: 0)" + System.lineSeparator(), ""));
    }

    @Test
    void serverDoesNotStartWithABadConfiguration() throws IOException {
        Path file =
                Files.writeString(folder.resolve("headgate.yaml"), "pools: {p: {backends: [{url: h, priority: 0}]}}\n");
        Ran check = run("check-config", file.toString());
        assertThat(run("serve", "--port", "0", "--config", file.toString())).isEqualTo(check);
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.err())
                .isEqualTo(file + ":1: pools.p.backends[0].priority: 0 (expected: integer 1..1000)"
                        + System.lineSeparator());
    }

    @Test
    void schemaIsPrinted() {
        Ran schema = run("config-schema");
        assertThat(schema.exitCode()).isZero();
        assertThat(schema.out()).startsWith("{").contains("https://json-schema.org/draft/2020-12/schema", "pathPrefix");
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(arguments);
        return new Ran(exitCode, out.toString(), err.toString());
    }
}
