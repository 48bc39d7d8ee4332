package dev.headgate.app.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.pick.RequestRouter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterLoaderTest {
    private static final String SERVICES = "META-INF/services/dev.headgate.core.pick.RequestRouter";
    private static final String BODY = """
            package acme;
            import dev.headgate.core.pick.*;
            public class Mine implements RequestRouter {
                @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                    ranks.add(0);
                }
                @Override public String toString() { return "one"; }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void sourceIsCompiledAndMade() throws IOException {
        LoadedRouter code = RouterLoader.ofSource(source("Mine", BODY));
        assertThat(code.name()).isEqualTo("source:acme.Mine");
        assertThat(code.router()).hasToString("one");
    }

    @Test
    void sameContentIsTheSameRouter() throws IOException {
        LoadedRouter first = RouterLoader.ofSource(source("Mine", BODY));
        assertThat(RouterLoader.ofSource(source("Mine", BODY))).isEqualTo(first).hasSameHashCodeAs(first);
        assertThat(RouterLoader.ofSource(source("Mine", BODY + "\n"))).isNotEqualTo(first);
    }

    @Test
    void compileErrorShowsItsLineAndACaret() throws IOException {
        Path file = source("Mine", BODY.replace("ranks.add(0);", "ranks.add(nothing);"));
        assertThatThrownBy(() -> RouterLoader.ofSource(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ":5:19 cannot find symbol")
                .hasMessageEndingWith("        ranks.add(nothing);\n                  ^");
    }

    @Test
    void sourceWithoutARouterIsRefused() throws IOException {
        Path file = source("Mine", "public class Mine {}");
        assertThatThrownBy(() -> RouterLoader.ofSource(file))
                .hasMessage(file + ": 0 routers in it (expected: one public class that implements "
                        + RequestRouter.class.getName() + ")");
    }

    @Test
    void whatIsNoSourceIsRefused() throws IOException {
        Path latin = Files.write(folder.resolve("Latin.java"), new byte[] {(byte) 0xe4});
        assertThatThrownBy(() -> RouterLoader.ofSource(latin)).hasMessageStartingWith(latin + ": not UTF-8 text");
        Path missing = folder.resolve("Missing.java");
        assertThatThrownBy(() -> RouterLoader.ofSource(missing)).hasMessageStartingWith(missing + ": no such file");
        Path text = folder.resolve("router.txt");
        assertThatThrownBy(() -> RouterLoader.ofSource(text))
                .hasMessage(text + ": not a source file (expected: NAME.java)");
    }

    @Test
    void twoVersionsOfOneClassRunSideBySide() throws IOException {
        LoadedRouter one = RouterLoader.ofJar(jar("one.jar", BODY, "acme.Mine"), Optional.empty());
        LoadedRouter two =
                RouterLoader.ofJar(jar("two.jar", BODY.replace("one", "two"), "acme.Mine"), Optional.empty());
        assertThat(one.router()).hasToString("one");
        assertThat(two.router()).hasToString("two");
        assertThat(one.router().getClass()).isNotEqualTo(two.router().getClass());
        assertThat(one).isNotEqualTo(two);
    }

    @Test
    void jarSaysWhichClassItsRouterIs() throws IOException {
        Path none = jar("none.jar", BODY, "# nobody");
        assertThatThrownBy(() -> RouterLoader.ofJar(none, Optional.empty()))
                .hasMessageStartingWith(none + ": names no router");
        assertThat(RouterLoader.ofJar(none, Optional.of("acme.Mine")).router()).hasToString("one");
        assertThatThrownBy(() -> RouterLoader.ofJar(none, Optional.of("acme.Other")))
                .hasMessage(none + ": acme.Other is not there (expected: a class in " + none + ")");
        Path two = jar("both.jar", BODY, "acme.Mine\nacme.Other");
        assertThatThrownBy(() -> RouterLoader.ofJar(two, Optional.empty()))
                .hasMessageStartingWith(two + ": names 2 routers, acme.Mine, acme.Other");
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        assertThatThrownBy(() -> RouterLoader.ofJar(text, Optional.empty())).hasMessageContaining("(expected: a jar)");
    }

    @Test
    void jarForANewerJavaIsRefused() throws IOException {
        Path jar = jar("newer.jar", BODY, "acme.Mine", 99);
        assertThatThrownBy(() -> RouterLoader.ofJar(jar, Optional.empty()))
                .hasMessageStartingWith(jar + ": acme.Mine is built for a newer Java (expected: Java ");
    }

    @Test
    void classIsARouterWithAPublicConstructor() {
        assertThat(RouterLoader.ofClass(Fitting.class.getName()).router()).isInstanceOf(Fitting.class);
        assertThatThrownBy(() -> RouterLoader.ofClass("java.lang.String"))
                .hasMessageStartingWith("java.lang.String is no router");
        assertThatThrownBy(() -> RouterLoader.ofClass("acme.Nobody"))
                .hasMessage("acme.Nobody is not there (expected: a class on the class path)");
        assertThatThrownBy(() -> RouterLoader.ofClass(Closed.class.getName()))
                .hasMessageEndingWith("Closed has no public constructor without parameters (expected: one)");
    }

    private Path source(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name + ".java"), text);
    }

    private Path jar(String name, String source, String providers) throws IOException {
        return jar(name, source, providers, 0);
    }

    /** Compiles a jar; a {@code major} other than 0 replaces the version of its class files. */
    private Path jar(String name, String source, String providers, int major) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(SourceCompiler.compile(name, "Mine.java", source));
        if (major != 0) {
            files.values().forEach(bytes -> bytes[7] = (byte) major);
        }
        files.put(SERVICES, providers.getBytes(StandardCharsets.UTF_8));
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                entries.putNextEntry(new JarEntry(file.getKey()));
                entries.write(file.getValue());
                entries.closeEntry();
            }
        }
        return jar;
    }

    /** A router that can be made. */
    public static class Fitting implements RequestRouter {
        @Override
        public void choose(
                dev.headgate.core.pick.Candidates candidates,
                dev.headgate.core.pick.PendingRequest request,
                dev.headgate.core.pick.Ranks ranks) {}
    }

    /** A router that only this class makes. */
    public static final class Closed extends Fitting {
        private Closed() {}
    }
}
