package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that the build's checks fail it. A copy of the project's own build gets one module per planted violation, each
 * with the core's own pom, and one Maven run, offline, judges them all.
 */
class BuildGuardTest {
    /** What each planted module holds, as the body of a class. */
    private static final Map<String, String> PLANTED = new TreeMap<>(
            Map.of("clean", """
                /** Returns twice the number. */
                static int twice(int number) {
                    return 2 * number;
                }
            """, "forbidden", """
                static Object[] reach() throws Exception {
                    return new Object[] {
                        System.nanoTime(),
                        Thread.currentThread(),
                        new java.net.Socket(),
                        new java.io.File("here"),
                        java.nio.file.Path.of("here"),
                        new java.util.Random(),
                        Math.random(),
                        java.time.Instant.now()
                    };
                }
            """, "errorprone", """
                static boolean isSame(String one) {
                    return one.equals(one);
                }
            """, "nullaway", """
                static String name() {
                    return null;
                }
            """, "formatting", """
              static int  twice( int number ) { return 2*number; }
            """));

    private static final Map<String, String> OUTPUT = new TreeMap<>();

    @BeforeAll
    static void buildThePlantedProject(@TempDir Path copy) throws IOException, InterruptedException {
        plant(copy);
        Path log = copy.resolve("log.txt");
        // Error output goes along; no input, as a prompt would hang.
        Process maven = maven(copy)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        maven.getOutputStream().close();
        boolean ended = maven.waitFor(3, TimeUnit.MINUTES);
        maven.destroyForcibly();
        String output = Files.readString(log);
        assertThat(ended).as("Maven came to an end:%n%s", output).isTrue();
        assertThat(maven.exitValue()).as("the planted build fails:%n%s", output).isNotZero();
        for (String module : PLANTED.keySet()) {
            OUTPUT.put(module, of(module, output));
        }
    }

    @Test
    void cleanModulePasses() {
        assertThat(OUTPUT.get("clean")).contains("Headgate clean", "SUCCESS").doesNotContain("[ERROR]", "[WARNING]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.System#nanoTime()",
                "java.lang.Thread",
                "java.net.Socket",
                "java.io.File",
                "java.nio.file.Path",
                "java.util.Random",
                "java.lang.Math#random()",
                "java.time.Instant#now()"
            })
    void whatTheCoreMustNotReachFailsTheBuild(String use) {
        assertThat(OUTPUT.get("forbidden")).contains("FAILURE").containsPattern("Forbidden .*\\Q" + use + "\\E");
    }

    @Test
    void bugPatternFailsTheBuild() {
        assertThat(OUTPUT.get("errorprone")).contains("FAILURE", "[SelfEquals]");
    }

    @Test
    void nullWhereNoneIsAllowedFailsTheBuild() {
        assertThat(OUTPUT.get("nullaway")).contains("FAILURE", "[NullAway] returning @Nullable expression");
    }

    @Test
    void formattingFailsTheBuild() {
        assertThat(OUTPUT.get("formatting")).contains("FAILURE", "1 needs changes", "format violations");
    }

    private static ProcessBuilder maven(Path folder) {
        List<String> command = new ArrayList<>(List.of("mvn", "-o", "-B", "--fail-at-end", "-T1", "verify"));
        String repository = System.getProperty("localRepository"); // set by Surefire
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        ProcessBuilder maven = new ProcessBuilder(command).directory(folder.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return maven;
    }

    private static void plant(Path copy) throws IOException {
        String modules = PLANTED.keySet().stream()
                .map(name -> "<module>" + name + "</module>")
                .collect(Collectors.joining());
        String root = Files.readString(SourceTree.ROOT.resolve("pom.xml"));
        Files.writeString(
                copy.resolve("pom.xml"),
                root.replaceAll("(?s)<modules>.*?</modules>", "<modules>" + modules + "</modules>"));
        Files.createDirectory(copy.resolve(".mvn"));
        Files.copy(SourceTree.ROOT.resolve(".mvn/jvm.config"), copy.resolve(".mvn/jvm.config"));
        String pom = Files.readString(SourceTree.ROOT.resolve("core/pom.xml"));
        for (Map.Entry<String, String> module : PLANTED.entrySet()) {
            Path folder = copy.resolve(module.getKey());
            Path sources = Files.createDirectories(folder.resolve("src/main/java/dev/headgate/core/time"));
            Files.writeString(
                    folder.resolve("pom.xml"),
                    pom.replace(">headgate-core<", ">headgate-" + module.getKey() + "<")
                            .replace(">Headgate core<", ">Headgate " + module.getKey() + "<"));
            Files.copy(
                    SourceTree.ROOT.resolve("core/src/forbidden-in-core.txt"),
                    folder.resolve("src/forbidden-in-core.txt"));
            Files.copy(
                    SourceTree.ROOT.resolve("core/src/main/java/dev/headgate/core/time/package-info.java"),
                    sources.resolve("package-info.java"));
            Files.writeString(
                    sources.resolve("Planted.java"),
                    "package dev.headgate.core.time;\n\nfinal class Planted {\n    private Planted() {}\n\n"
                            + module.getValue() + "}\n");
        }
    }

    /** Returns what the log says about one module: its own part, its line of the summary and its errors. */
    private static String of(String module, String log) {
        int start = log.indexOf("Building Headgate " + module);
        int end = log.indexOf("Building Headgate ", start + 1);
        String part = log.substring(start, end < 0 ? log.indexOf("Reactor Summary") : end);
        return part
                + log.lines()
                        .filter(line ->
                                line.contains("Headgate " + module + " ..") || line.contains("headgate-" + module))
                        .collect(Collectors.joining("\n"));
    }
}
