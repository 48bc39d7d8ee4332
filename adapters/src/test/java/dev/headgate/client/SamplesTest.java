package dev.headgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation shows of the client is code of the samples, which are built and run. */
class SamplesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();
    private static final Path SAMPLES = ROOT.resolve("examples/java-client");

    @Test
    void theSamplesReadmeShowsTheirCode() throws IOException {
        List<String> shown = javaBlocks(SAMPLES.resolve("README.md"));
        assertThat(shown).isNotEmpty();
        assertThat(markedRegions()).containsAll(shown);
    }

    @Test
    void theReadmeShowsTheirCode() throws IOException {
        assertThat(markedRegions()).containsAll(javaBlocks(ROOT.resolve("README.md")));
    }

    @Test
    void theSamplesReadmeShowsAllThatIsMarked() throws IOException {
        assertThat(javaBlocks(SAMPLES.resolve("README.md"))).containsAll(markedRegions());
    }

    private static List<String> javaBlocks(Path markdown) throws IOException {
        return between(Files.readAllLines(markdown), "```java", "```");
    }

    /** Returns what stands between {@code // begin: NAME} and {@code // end}, in each main source of each sample. */
    private static List<String> markedRegions() throws IOException {
        List<String> regions = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SAMPLES)) {
            for (Path each : files.filter(file -> file.toString().contains("src/main"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                regions.addAll(between(Files.readAllLines(each), "// begin: ", "// end"));
            }
        }
        return regions;
    }

    private static List<String> between(List<String> lines, String begin, String end) {
        List<String> found = new ArrayList<>();
        StringBuilder block = null;
        for (String line : lines) {
            if (block == null && line.strip().startsWith(begin)) {
                block = new StringBuilder();
            } else if (block != null && line.strip().equals(end)) {
                found.add(block.toString().stripTrailing().stripIndent());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return found;
    }
}
