package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the scripts of {@code src/test/peers} that print one JSON document, and knows where the others stand. */
final class Peers {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path SCRIPTS = Path.of("src/test/peers").toAbsolutePath();

    private static final String MISSING =
            "the foreign clients; where they are missing `./headgate test` sets them up, or set HEADGATE_PEERS";

    private Peers() {}

    static JsonNode node(String script, String... arguments) throws IOException, InterruptedException {
        return run(nodeProgram(script), arguments);
    }

    static JsonNode python(String script, String... arguments) throws IOException, InterruptedException {
        return run(pythonProgram("python", script), arguments);
    }

    /** Returns a Python that has the balancer that Headgate is compared with. */
    static Path seedPython() {
        return Path.of(pythonProgram("seed", "balanced.py").getFirst());
    }

    /** Runs a script beside the libraries of the balancer that Headgate is compared with. */
    static JsonNode seed(String script, String... arguments) throws IOException, InterruptedException {
        return run(pythonProgram("seed", script), arguments);
    }

    /** Returns the command that runs a script with Node. */
    static List<String> nodeProgram(String script) {
        assertThat(folder().resolve("node/node_modules")).as(MISSING).isDirectory();
        return List.of("node", SCRIPTS.resolve(script).toString());
    }

    /** Returns the command that runs a script with the Python of a virtual environment. */
    static List<String> pythonProgram(String environment, String script) {
        Path python = folder().resolve(environment).resolve("bin/python");
        assertThat(python).as(MISSING).exists();
        return List.of(python.toString(), SCRIPTS.resolve(script).toString());
    }

    /** Returns the command that runs a source file with the libraries that the pom of {@code name} brings along. */
    static List<String> javaProgram(String name, String source) {
        Path libraries = folder().resolve("java").resolve(name).resolve("lib");
        assertThat(libraries).as(MISSING).isDirectory();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                libraries + "/*",
                SCRIPTS.resolve("java").resolve(source).toString());
    }

    /** Returns what the scripts find in their environment. */
    static Map<String, String> environment() {
        return Map.of("HEADGATE_PEERS", folder().toString(), "NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1");
    }

    private static Path folder() {
        String peers = System.getenv("HEADGATE_PEERS");
        return peers == null || peers.isBlank() ? SourceTree.ROOT.resolve(".build/peers") : Path.of(peers);
    }

    private static JsonNode run(List<String> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("headgate-peer-", ".json");
        Path err = Files.createTempFile("headgate-peer-", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment());
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(HeadgateProcess.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            process.destroyForcibly();
            assertThat(ended).as("%s came to an end", command).isTrue();
            assertThat(process.exitValue())
                    .as("exit code of %s, which wrote %s", command, Files.readString(err))
                    .isZero();
            return JSON.readTree(Files.readString(out, UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
