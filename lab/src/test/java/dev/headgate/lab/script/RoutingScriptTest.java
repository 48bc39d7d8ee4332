package dev.headgate.lab.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scripts that show the sentences of routing.md §2 and §3, compared byte for byte with what is in the tree. A run with
 * HEADGATE_REWRITE_GOLDEN=1 rewrites that; the difference is then read like code.
 */
class RoutingScriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/script");

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void aScriptPrintsWhatIsInTheTree(Path script) throws IOException {
        StringBuilder printed = new StringBuilder();
        List<String> lines = Files.readAllLines(script);
        boolean explains = script.endsWith("explained.jsonl");
        RoutingScript.run(
                "script",
                lines,
                1,
                explains,
                RouterFiles.NONE,
                line -> printed.append(line).append('\n'));
        Path golden = Path.of(script.toString().replace(".jsonl", ".out"));
        if ("1".equals(System.getenv("HEADGATE_REWRITE_GOLDEN"))) {
            Files.writeString(golden, printed);
        }
        assertThat(printed.toString()).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"do\":\"request\",\"id\":\"a\"}; s:1: do: \"request\" (expected: pool first)",
                "{\"do\":\"pool\",\"router\":{\"policy\":\"p3c\"}}; s:1: router: refused, ",
                "{\"do\":\"pool\",\"router\":{\"jar\":\"x.jar\"}}; s:1: router: refused, jar: x.jar (expected: policy or class",
                "{\"do\":\"pool\",\"router\":{\"maxQueued\":-2}}; s:1: router: refused, router.maxQueued: -2 (expected: a whole number >= -1)",
                "{\"do\":\"pool\",\"routers\":{}}; s:1: routers: unknown (expected: do, router, self, endpoints, flow)",
                "{\"do\":\"pool\",\"flow\":{\"fairness\":\"fair\"}}; s:1: router: refused, flow.fairness: \"fair\" (expected: vtc, drr",
                "{\"do\":\"pool\",\"flow\":{\"ttl\":\"0s\"}}; s:1: router: refused, ttl: PT0S, PT1M (expected: each > 0)",
                "[1]; s:1: [1] (expected: a JSON object)",
                "{; s:1: no JSON: { (expected: one JSON object)",
            })
    void aFirstLineThatCannotBeFollowedIsNamed(String line, String message) {
        assertThatThrownBy(() -> RoutingScript.run("s", List.of(line), 1, false, RouterFiles.NONE, printed -> {}))
                .isInstanceOf(BadScriptException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"do\":\"dance\"}; s:2: do: \"dance\" (expected: pool, endpoints, endpoint, request, cancel,",
                "{\"do\":\"advance\",\"at\":4}; s:2: at: 4 (expected: >= 5, the time of the line before)",
                "{\"do\":\"advance\",\"at\":\"5\"}; s:2: at: \"5\" (expected: a number)",
                "{\"do\":\"request\"}; s:2: id: missing (expected: a text)",
                "{\"do\":\"request\",\"id\":\"a\",\"tokens\":-1}; s:2: tokens: -1 (expected: a whole number >= 0)",
                "{\"do\":\"request\",\"id\":\"a\",\"priority\":11}; s:2: priority: 11 (expected: -10 to 10)",
                "{\"do\":\"endpoint\",\"id\":\"x\"}; s:2: id: \"x\" (expected: an endpoint of the pool)",
                "{\"do\":\"complete\",\"id\":\"x\",\"outcome\":\"fine\"}; s:2: outcome: \"fine\" (expected: ok, failed, died, unavailable)",
                "{\"do\":\"endpoints\",\"endpoints\":[{\"id\":\"x\",\"probe\":\"maybe\"}]}; s:2: endpoints.probe: \"maybe\" (expected: ok, never,",
            })
    void aLaterLineThatCannotBeFollowedIsNamed(String line, String message) {
        List<String> script = List.of("{\"do\":\"pool\",\"at\":5}", line);
        assertThatThrownBy(() -> RoutingScript.run("s", script, 1, false, RouterFiles.NONE, printed -> {}))
                .isInstanceOf(BadScriptException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void theSameSeedPrintsTheSame() throws IOException {
        List<String> lines = Files.readAllLines(FOLDER.resolve("backoff-and-early-wake.jsonl"));
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        RoutingScript.run("s", lines, 7, true, RouterFiles.NONE, first::append);
        RoutingScript.run("s", lines, 7, true, RouterFiles.NONE, second::append);
        assertThat(first.toString()).isEqualTo(second.toString()).isNotEmpty();
    }
}
