package dev.headgate.app.router;

import dev.headgate.core.pick.RequestRouter;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads the code of routers. What cannot be loaded is an {@link IllegalArgumentException}, whose sentence names the file and
 * what was expected.
 */
public final class RouterLoader {
    private static final String EXTENSION = ".java";
    private static final String TEXT = "sourceText";

    private RouterLoader() {}

    /** Loads a class of Headgate's class path. */
    public static LoadedRouter ofClass(String name) {
        return new LoadedRouter(Form.CLASS, name, name, "", Map.of());
    }

    /** Loads {@code className} from a jar, or the one router that the jar names as its provider. */
    public static LoadedRouter ofJar(Path jar, Optional<String> className) {
        byte[] bytes = read(jar, "a jar");
        Map<String, byte[]> files = JarReader.files(jar.toString(), bytes);
        String name = className.orElseGet(() -> JarReader.provider(jar.toString(), files));
        return new LoadedRouter(Form.JAR, jar.toString(), name, hash(bytes), files);
    }

    /** Compiles a source file with one public class that is a router. */
    public static LoadedRouter ofSource(Path source) {
        String shown = source.toString();
        String fileName = String.valueOf(source.getFileName());
        if (!fileName.matches("\\w+\\" + EXTENSION)) {
            throw new IllegalArgumentException(shown + ": not a source file (expected: NAME.java)");
        }
        byte[] bytes = read(source, "a source file");
        Map<String, byte[]> classes = SourceCompiler.compile(shown, fileName, text(shown, bytes));
        return new LoadedRouter(Form.SOURCE, shown, router(shown, classes), hash(bytes), classes);
    }

    /** Compiles {@code source}, with one public class that is a router. */
    public static LoadedRouter ofText(String source) {
        Map<String, byte[]> classes = SourceCompiler.compile(TEXT, "", source);
        return new LoadedRouter(
                Form.SOURCE, TEXT, router(TEXT, classes), hash(source.getBytes(StandardCharsets.UTF_8)), classes);
    }

    private static String router(String shown, Map<String, byte[]> classes) {
        ClassLoader loader = new RouterClasses(classes, RouterLoader.class.getClassLoader());
        List<String> routers = new ArrayList<>();
        for (String path : classes.keySet()) {
            String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
            try {
                Class<?> type = Class.forName(name, false, loader);
                if (type.getEnclosingClass() == null
                        && Modifier.isPublic(type.getModifiers())
                        && RequestRouter.class.isAssignableFrom(type)) {
                    routers.add(name);
                }
            } catch (ClassNotFoundException | LinkageError e) {
                throw new IllegalArgumentException(shown + ": " + name + " cannot be loaded, " + e, e);
            }
        }
        if (routers.size() != 1) {
            throw new IllegalArgumentException(
                    shown + ": " + routers.size() + " routers in it (expected: one public class that implements "
                            + RequestRouter.class.getName() + ")");
        }
        return routers.getFirst();
    }

    private static String text(String shown, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(shown + ": not UTF-8 text (expected: a source file in UTF-8)", e);
        }
    }

    private static byte[] read(Path file, String expected) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file (expected: " + expected + ")", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + ": cannot be read, " + e.getClass().getSimpleName() + " (expected: " + expected + ")", e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-256", e);
        }
    }
}
