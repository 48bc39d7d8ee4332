package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the requests that the README tells a newcomer to send, as written but for the port. */
class ReadmeTest {
    private static final String ADDRESS = "http://127.0.0.1:8080";

    /** Stands before the real curl, which does not tell a 200 from another success by its exit code. */
    private static final String CURL = """
            curl() {
                command curl --silent --show-error --output "$OUT" --write-out '%{http_code}\\n' "$@" >>"$CODES" &&
                    cat "$OUT"
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void everyRequestOfTheReadmeIsAnsweredWith200() throws Exception {
        List<String> commands = CurlCommands.in(Files.readString(SourceTree.ROOT.resolve("README.md")));
        assertThat(commands).as("curl commands in README.md").isNotEmpty();
        try (ServerProcess server = ServerProcess.start()) {
            server.awaitWorkers(2);
            for (String command : commands) {
                assertThat(command).contains(ADDRESS);
                run(command.replace(ADDRESS, server.url()));
            }
        }
    }

    private void run(String command) throws IOException, InterruptedException {
        Path codes = Files.writeString(folder.resolve("codes"), "");
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", CURL + command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("CODES", codes.toString());
        builder.environment().put("OUT", folder.resolve("body").toString());
        Process process = builder.start();
        boolean ended = process.waitFor(HeadgateProcess.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        process.destroyForcibly();
        assertThat(ended).as("%s came to an end", command).isTrue();
        assertThat(process.exitValue())
                .as("exit code of %s, which wrote %s", command, Files.readString(output))
                .isZero();
        assertThat(codes).as("status of %s", command).hasContent("200");
    }
}
