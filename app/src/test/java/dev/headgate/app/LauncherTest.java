package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs a copy of the launcher among JDKs and a Maven that are scripts: a JDK's java prints its folder, its class path
 * and its arguments, Maven makes the jars that the real one would.
 */
class LauncherTest {
    private static final String MAVEN = """
            #!/bin/sh
            echo "$JAVA_HOME" >>"$CALLS"
            echo '[INFO] Building Headgate 0.1.0        [1/2]'
            echo '[INFO] Building Headgate core 0.1.0   [2/2]'
            case $* in
                *verify*) echo '[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s -- in X'
                          echo '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0'
                          echo '[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0' ;;
            esac
            if [ -e "$CALLS.fail" ]; then
                echo '[ERROR] Foo.java:[1,2] the planted error'
                echo '[ERROR] Re-run Maven using the -X switch to enable full debug logging.'
                exit 3
            fi
            mkdir -p .build/fast/headgate-app/lib
            : >.build/fast/headgate-app/headgate-app-0.1.0.jar
            : >.build/fast/headgate-app/lib/picocli.jar
            """;

    private record Ran(int exitCode, String out, String err) {}

    @TempDir
    private Path temporary;

    private Path project;
    private Path tools;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        project = Files.createDirectories(temporary.resolve("a project"));
        tools = Files.createDirectories(temporary.resolve("tools"));
        Files.copy(SourceTree.ROOT.resolve("headgate"), project.resolve("headgate"));
        executable(project.resolve("headgate"));
        for (String file : List.of("pom.xml", ".mvn/jvm.config", "core/pom.xml", "core/src/main/Foo.java")) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.writeString(project.resolve(file), "");
        }
        script(project.resolve("app/src/test/peers/set-up"), "#!/bin/sh\necho \"peers in $1\" >&2\n");
        script(tools.resolve("mvn"), MAVEN);
        for (String tool : List.of(
                "sh",
                "sed",
                "find",
                "head",
                "tail",
                "sort",
                "mkdir",
                "rm",
                "mv",
                "cat",
                "tee",
                "grep",
                "awk",
                "dirname",
                "basename",
                "readlink",
                "flock")) {
            link(tool);
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", temporary.toString());
        environment.put("HEADGATE_JDKS", temporary.resolve("jdks").toString());
        environment.put("CALLS", temporary.resolve("calls").toString());
    }

    @Test
    void javaHomeIsTakenFirst() throws Exception {
        environment.put("JAVA_HOME", jdk("home/jdk-25", "25.0.1").toString());
        jdk("jdks/jdk-26", "26");
        assertThat(run("version").out()).startsWith(environment.get("JAVA_HOME") + " ");
    }

    @Test
    void javaOfThePathComesBeforeTheUsualPlaces() throws Exception {
        Path onPath = jdk("path/jdk-25", "25.0.3");
        Files.createSymbolicLink(tools.resolve("java"), onPath.resolve("bin/java"));
        environment.put("JAVA_HOME", jdk("home/jdk-17", "17.0.15").toString());
        jdk("jdks/jdk-26", "26");
        assertThat(run("version").out()).startsWith(onPath + " ");
    }

    @Test
    void newestOfTheUsualPlacesIsTaken() throws Exception {
        jdk("jdks/jdk-24", "24.0.2");
        jdk("jdks/jdk-25.0.9", "25.0.9");
        Path newest = jdk("jdks/jdk-25.0.10", "25.0.10");
        jdk("jdks/old", "1.8.0_402");
        assertThat(run("version").out()).startsWith(newest + " ");
    }

    @Test
    void jdkOfAMacIsFound() throws Exception {
        Path mac = jdk("jdks/temurin-25.jdk/Contents/Home", "25");
        assertThat(run("version").out()).startsWith(mac + " ");
    }

    @Test
    void jdkWithoutAReleaseFileIsAskedForItsVersion() throws Exception {
        Path silent = jdk("jdks/custom", "27-ea");
        Files.delete(silent.resolve("release"));
        assertThat(run("version").out()).startsWith(silent + " ");
    }

    @Test
    void buildingNeedsACompilerAndRunningDoesNot() throws Exception {
        Path complete = jdk("jdks/jdk-25", "25");
        Path runtime = jdk("jdks/jre-26", "26");
        Files.delete(runtime.resolve("bin/javac"));
        assertThat(run("version").out()).startsWith(runtime + " ");
        assertThat(calls()).containsExactly(complete.toString());
    }

    @Test
    void missingJdkIsSaidInOneSentence() throws Exception {
        jdk("jdks/jdk-24", "24.0.2");
        Ran ran = run("version");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines())
                .containsExactly("headgate: a JDK 25 or newer is needed and none was found: install one (for instance"
                        + " Temurin 25 from adoptium.net) or point JAVA_HOME at it");
    }

    @Test
    void missingMavenIsSaidInOneSentence() throws Exception {
        jdk("jdks/jdk-25", "25");
        Files.delete(tools.resolve("mvn"));
        Ran ran = run("version");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("headgate: Maven is needed to build").doesNotContain("not found");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        jdk("jdks/jdk-25", "25");
        String out = run("serve", "--config", "my file.yaml", "*").out();
        assertThat(out).endsWith("|dev.headgate.app.Main|serve|--config|my file.yaml|*|\n");
        assertThat(out)
                .contains(" " + project.toRealPath() + "/.build/app/headgate-app-0.1.0.jar:" + project.toRealPath()
                        + "/.build/app/picocli.jar|");
    }

    @Test
    void furtherOptionsGoToTheJvm() throws Exception {
        jdk("jdks/jdk-25", "25");
        environment.put("HEADGATE_JAVA_OPTS", "-Xmx1g -Dx=y");
        assertThat(run("version").out()).contains("|-Xmx1g|-Dx=y|").endsWith("|dev.headgate.app.Main|version|\n");
    }

    @Test
    void serverHasAHeapOfItsOwnUnlessTheUserNamesACollector() throws Exception {
        jdk("jdks/jdk-25", "25");
        String heap = "|@" + project.toRealPath() + "/app/src/main/resources/dev/headgate/app/serve.options|";
        assertThat(run("serve").out()).contains(heap);
        assertThat(run("worker").out()).doesNotContain("serve.options");
        environment.put("HEADGATE_JAVA_OPTS", "-Xmn48m");
        assertThat(run("serve").out()).contains(heap + "-Xmn48m|");
        environment.put("HEADGATE_JAVA_OPTS", "-Xmx1g -XX:+UseZGC");
        assertThat(run("serve").out()).doesNotContain("serve.options").contains("|-Xmx1g|-XX:+UseZGC|");
        assertThat(run("version").out()).doesNotContain("UseSerialGC");
    }

    @Test
    void linkFromAnywhereFindsTheProject() throws Exception {
        jdk("jdks/jdk-25", "25");
        Path near = Files.createSymbolicLink(project.resolve("near"), Path.of("headgate"));
        Path far = Files.createSymbolicLink(temporary.resolve("far link"), near);
        Ran ran = launch(far, temporary.resolve("jdks"), "version");
        assertThat(ran.out()).contains(project.toRealPath() + "/.build/app/picocli.jar");
    }

    @Test
    void buildIsReusedUntilASourceChanges() throws Exception {
        jdk("jdks/jdk-25", "25");
        assertThat(run("version").err().lines())
                .containsExactly("headgate: first build, about a minute", "headgate: building core …");
        assertThat(run("version").err()).isEmpty();
        assertThat(calls()).hasSize(1);

        changed(project.resolve("core/src/main/Foo.java"));
        assertThat(run("version").err().lines()).containsExactly("headgate: building core …");
        changed(project.resolve("core/pom.xml"));
        assertThat(run("version").err().lines()).containsExactly("headgate: building core …");
        Files.delete(project.resolve("core/src/main/Foo.java"));
        changed(project.resolve("core/src/main"));
        assertThat(run("version").err().lines()).containsExactly("headgate: building core …");
        assertThat(calls()).hasSize(4);
    }

    @Test
    void changedTestsDoNotRebuild() throws Exception {
        jdk("jdks/jdk-25", "25");
        run("version");
        Files.createDirectories(project.resolve("core/src/test"));
        changed(project.resolve("core/src/test"));
        setTime(project.resolve("core/src"), Instant.now().minusSeconds(60));
        assertThat(run("version").err()).isEmpty();
    }

    @Test
    void failedBuildSaysWhatFailedAndIsTriedAgain() throws Exception {
        jdk("jdks/jdk-25", "25");
        Path fail = Files.createFile(temporary.resolve("calls.fail"));
        Ran failed = run("version");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err().lines())
                .endsWith(
                        "[ERROR] Foo.java:[1,2] the planted error",
                        "headgate: the whole log is " + project.toRealPath() + "/.build/build.log",
                        "headgate: the build failed");
        Files.delete(fail);
        assertThat(run("version").exitCode()).isZero();
        assertThat(calls()).hasSize(2);
    }

    @Test
    void failedBuildDoesNotPassForTheLastGoodOne() throws Exception {
        jdk("jdks/jdk-25", "25");
        run("version");
        changed(project.resolve("core/src/main/Foo.java"));
        Files.createFile(temporary.resolve("calls.fail"));
        assertThat(run("version").exitCode()).isEqualTo(1);
        assertThat(run("version").exitCode()).isEqualTo(1);
    }

    @Test
    void testSumsUpAllModules() throws Exception {
        jdk("jdks/jdk-25", "25");
        Path leftOver = Files.createDirectories(project.resolve("core/target/classes"));
        Ran ran = run("test");
        assertThat(ran).isEqualTo(new Ran(0, "Tests run: 7, Failures: 0, Errors: 0, Skipped: 0\n", ran.err()));
        assertThat(ran.err())
                .contains("peers in " + project.toRealPath() + "/.build/peers", "checking core …", "core ran 3 tests");
        assertThat(leftOver).doesNotExist();
    }

    @Test
    void failedTestsGiveMavensExitCodeAndWhatFailed() throws Exception {
        jdk("jdks/jdk-25", "25");
        Files.createFile(temporary.resolve("calls.fail"));
        Ran ran = run("test", "-Dtest=Foo");
        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("Tests run: 7, Failures: 0, Errors: 0, Skipped: 0\n");
        assertThat(ran.err())
                .contains("the planted error", "headgate: the checks failed")
                .doesNotContain("Re-run");
    }

    @Test
    void runWithoutATestFails() throws Exception {
        jdk("jdks/jdk-25", "25");
        script(tools.resolve("mvn"), "#!/bin/sh\necho BUILD SUCCESS\n");
        Ran ran = run("test");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).endsWith("headgate: no test ran\n");
    }

    private Path jdk(String folder, String version) throws IOException {
        Path jdk = temporary.resolve(folder);
        script(jdk.resolve("bin/java"), """
                #!/bin/sh
                case $1 in
                    -version) echo 'openjdk version "%s" 2025-09-16' >&2 ;;
                    *) printf '%s %%s' "$CLASSPATH" ; printf '|%%s' "$@" ; echo '|' ;;
                esac
                """.formatted(version, jdk));
        script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(temporary.resolve("calls"));
    }

    /** Makes a file look as if it was written after everything else, whatever the file system's resolution. */
    private static void changed(Path file) throws IOException {
        setTime(file, Instant.now().plusMillis(50));
    }

    private static void setTime(Path file, Instant time) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(time));
    }

    private Ran run(String... arguments) throws IOException, InterruptedException {
        return launch(project.resolve("headgate"), project, arguments);
    }

    private Ran launch(Path launcher, Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = temporary.resolve("out");
        Path err = temporary.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("the launcher came to an end").isTrue();
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(
                file,
                text.getBytes(UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        executable(file);
    }

    private static void executable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Puts one of the machine's tools on the path that the launcher sees, if the machine has it. */
    private void link(String tool) throws IOException {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(folder, tool);
            if (Files.isExecutable(file)) {
                script(tools.resolve(tool), "#!/bin/sh\nexec '" + file + "' \"$@\"\n");
                return;
            }
        }
    }
}
