package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finds test classes that Surefire would skip without a word because of their name. */
class TestNamesTest {
    private static final Pattern RUN_BY_SUREFIRE = Pattern.compile("Test.*|.*(Test|Tests|TestCase)");
    private static final Pattern HOLDS_TESTS = Pattern.compile(
            "^\\s*@(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate)\\b", Pattern.MULTILINE);

    @TempDir
    private Path planted;

    @Test
    void everyTestOfTheProjectIsRun() throws IOException {
        int modules = 0;
        for (Path module : children(SourceTree.ROOT)) {
            Path tests = module.resolve("src/test/java");
            if (Files.isDirectory(tests)) {
                modules++;
                assertThat(skipped(tests)).as("tests that no run includes").isEmpty();
            }
        }
        assertThat(modules).isPositive();
    }

    @Test
    void testUnderAnotherNameIsReported() throws IOException {
        Files.writeString(planted.resolve("LeaseSpec.java"), "class LeaseSpec {\n    @Test\n    void holds() {}\n}\n");
        Files.writeString(planted.resolve("LeaseTest.java"), "class LeaseTest {\n    @Test\n    void holds() {}\n}\n");
        Files.writeString(planted.resolve("Fakes.java"), "class Fakes {}\n");
        assertThat(skipped(planted)).containsExactly("LeaseSpec");
    }

    @Test
    void contractThatTestsExtendIsNotReported() throws IOException {
        Files.writeString(
                planted.resolve("StoreContract.java"),
                "abstract class StoreContract {\n    @Test\n    void x() {}\n}\n");
        assertThat(skipped(planted)).isEmpty();
    }

    private static List<String> skipped(Path tests) throws IOException {
        try (Stream<Path> files = Files.walk(tests)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(TestNamesTest::isSkipped)
                    .map(TestNamesTest::typeName)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isSkipped(Path file) {
        String source;
        try {
            source = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String type = typeName(file);
        boolean isExtended = Pattern.compile("(abstract class|interface) " + Pattern.quote(type) + "\\b")
                .matcher(source)
                .find();
        return HOLDS_TESTS.matcher(source).find()
                && !RUN_BY_SUREFIRE.matcher(type).matches()
                && !isExtended;
    }

    private static String typeName(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }
}
