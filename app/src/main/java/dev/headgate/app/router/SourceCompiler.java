package dev.headgate.app.router;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles one source file in memory against Headgate's own class path. */
final class SourceCompiler {
    private static final int MOST_ERRORS = 10;

    private SourceCompiler() {}

    /**
     * Returns the classes of {@code source} by their path.
     *
     * @param shown what messages call the file
     * @param fileName its last part, as {@code Mine.java}; empty if it is no file, and its class may have any name
     * @throws IllegalArgumentException if it does not compile, with the line of each error and a caret under its place
     */
    static Map<String, byte[]> compile(String shown, String fileName, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalArgumentException(shown + ": this Java has no compiler"
                    + " (expected: a JDK with the module jdk.compiler, or the router as a jar)");
        }
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (Classes classes =
                new Classes(compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8))) {
            boolean isCompiled = compiler.getTask(
                            null,
                            classes,
                            found,
                            List.of(
                                    "-proc:none",
                                    "-Xlint:none",
                                    "-g",
                                    "-cp",
                                    System.getProperty("java.class.path", "")),
                            null,
                            List.of(new Source(fileName, source)))
                    .call();
            if (!isCompiled) {
                throw new IllegalArgumentException(errors(shown, source, found));
            }
            return classes.compiled();
        } catch (IOException e) {
            throw new UncheckedIOException(shown, e);
        }
    }

    private static String errors(String shown, String source, DiagnosticCollector<JavaFileObject> found) {
        List<String> lines = source.lines().toList();
        List<Diagnostic<? extends JavaFileObject>> errors = found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .collect(Collectors.toList());
        String text = errors.stream()
                .limit(MOST_ERRORS)
                .map(error -> error(shown, lines, error))
                .collect(Collectors.joining("\n"));
        return errors.size() <= MOST_ERRORS ? text : text + "\n" + (errors.size() - MOST_ERRORS) + " more errors";
    }

    private static String error(String shown, List<String> lines, Diagnostic<?> error) {
        String message = error.getMessage(Locale.ROOT);
        int line = (int) error.getLineNumber();
        if (line < 1 || line > lines.size()) {
            return shown + ": " + message;
        }
        int column = (int) Math.max(1, error.getColumnNumber());
        String before = lines.get(line - 1);
        int end = Math.min(column - 1, before.length());
        String indent = before.substring(0, end).replaceAll("[^\t]", " ");
        return shown + ":" + line + ":" + column + " " + message + "\n" + before + "\n" + indent + "^";
    }

    /** The file, read already. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;
        private final boolean isFile;

        private Source(String fileName, String text) {
            super(URI.create("memory:///" + (fileName.isEmpty() ? "text.java" : fileName)), Kind.SOURCE);
            this.text = text;
            isFile = !fileName.isEmpty();
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return !isFile || super.isNameCompatible(simpleName, kind);
        }

        @Override
        public CharSequence getCharContent(boolean ignoresErrors) {
            return text;
        }
    }

    /** Keeps what is compiled. */
    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

        private Classes(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            String path = className.replace('.', '/') + kind.extension;
            return new SimpleJavaFileObject(URI.create("memory:///" + path), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    written.put(path, bytes);
                    return bytes;
                }
            };
        }

        private Map<String, byte[]> compiled() {
            Map<String, byte[]> compiled = new TreeMap<>();
            written.forEach((path, bytes) -> compiled.put(path, bytes.toByteArray()));
            return compiled;
        }
    }
}
