package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher as a newcomer does: a copy of the sources, nothing built, the real JDK and the real Maven. */
class FirstRunTest {
    private static final Set<String> NOT_SOURCES = Set.of("target", ".build", ".git", "test");

    private record Ran(int exitCode, String out, String err) {}

    @TempDir
    private Path temporary;

    @Test
    void firstRunBuildsAndTheNextOnlyRuns() throws IOException, InterruptedException {
        Path clone = temporary.resolve("a clone");
        copySources(clone);

        Ran first = version(clone);
        assertThat(first.err().lines())
                .containsSequence("headgate: first build, about a minute", "headgate: building core …")
                .last()
                .isEqualTo("headgate: building app …");
        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).startsWith("headgate " + VersionCommand.version() + " (Java ");
        assertThat(version(clone)).isEqualTo(new Ran(0, first.out(), ""));
    }

    private Ran version(Path clone) throws IOException, InterruptedException {
        Path out = temporary.resolve("out");
        Path err = temporary.resolve("err");
        ProcessBuilder launcher = new ProcessBuilder(clone.resolve("headgate").toString(), "version")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        String repository = System.getProperty("localRepository"); // set by Surefire
        if (repository != null) {
            launcher.environment().put("MAVEN_OPTS", "-Dmaven.repo.local=" + repository);
        }
        Process process = launcher.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("the launcher came to an end").isTrue();
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static void copySources(Path clone) throws IOException {
        Files.walkFileTree(SourceTree.ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (NOT_SOURCES.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(clone.resolve(SourceTree.ROOT.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, clone.resolve(SourceTree.ROOT.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
