package dev.headgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.testing.RawServer;
import dev.headgate.sample.OneCall;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application gets with the client: a small jar, a module, that needs nothing and runs where Java 17 does. */
@Timeout(120)
class ClientJarTest {
    private static final int MOST_BYTES = 400_000;
    private static final Path JDKS = Path.of("/usr/lib/jvm");

    @TempDir
    private static Path folder;

    private static Path jar = Path.of("");

    /** Finds the jar; where the build has got no further than its classes, makes one of them as the build does. */
    @BeforeAll
    static void find() throws URISyntaxException {
        Path place = place(FailoverClient.class);
        jar = place;
        if (Files.isDirectory(place)) {
            jar = folder.resolve("headgate-client.jar");
            run("jar", "--create", "--file", jar.toString(), "-C", place.toString(), ".");
        }
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static String run(String tool, String... arguments) {
        StringWriter out = new StringWriter();
        int status =
                ToolProvider.findFirst(tool).orElseThrow().run(new PrintWriter(out), new PrintWriter(out), arguments);
        assertThat(status).as(out.toString()).isZero();
        return out.toString();
    }

    @Test
    void itIsSmall() throws IOException {
        assertThat(Files.size(jar)).isLessThan(MOST_BYTES);
    }

    @Test
    void itIsAModuleThatNeedsNothingButAnnotationsAtCompileTime() {
        ModuleDescriptor module =
                ModuleFinder.of(jar).find("dev.headgate.client").orElseThrow().descriptor();
        assertThat(module.requires())
                .filteredOn(required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder("java.base", "java.net.http");
        assertThat(module.requires())
                .filteredOn(required -> required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactly("org.jspecify");
    }

    @Test
    void nothingIsMissingInIt() throws URISyntaxException {
        String missing = run(
                "jdeps",
                "--multi-release",
                "base",
                "--missing-deps",
                "--class-path",
                place(NullMarked.class).toString(),
                jar.toString());
        assertThat(missing).isEmpty();
    }

    @Test
    void itUsesNoReflection() {
        String used =
                run("jdeps", "--multi-release", "base", "-verbose:class", "--ignore-missing-deps", jar.toString());
        assertThat(used).contains("java.net.http.HttpClient").doesNotContain("java.lang.reflect");
    }

    static List<Path> jdks() throws IOException {
        List<Path> found = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        if (Files.isDirectory(JDKS)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(JDKS)) {
                for (Path each : folders) {
                    if (!Files.isSymbolicLink(each) && Files.isExecutable(each.resolve("bin/java")) && fits(each)) {
                        found.add(each);
                    }
                }
            }
        }
        return found;
    }

    private static boolean fits(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        if (!Files.isReadable(release)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(release)) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("[^0-9.]", "").split("\\.", -1)[0])
                    .anyMatch(major -> !major.isEmpty() && Integer.parseInt(major) >= 17);
        }
    }

    /** Runs it as a module in a JVM of its own, against a backend that is throttled and one that is not. */
    @ParameterizedTest
    @MethodSource("jdks")
    void itFailsOverOn(Path jdk) throws Exception {
        try (RawServer throttled = RawServer.start().always(RawServer.error(429, "rate_limit_exceeded"));
                RawServer serving = RawServer.start()) {
            Process process = new ProcessBuilder(
                            jdk.resolve("bin/java").toString(),
                            "--module-path",
                            jar.toString(),
                            "--add-modules",
                            "dev.headgate.client",
                            "--class-path",
                            place(ClientJarTest.class) + File.pathSeparator,
                            OneCall.class.getName(),
                            throttled.url(),
                            serving.url())
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(printed).endsWith("200 {\"ok\":true} attempts=2\n");
        }
    }
}
