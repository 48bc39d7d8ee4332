package dev.headgate.app.router;

import dev.headgate.core.pick.RequestRouter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/** Reads a jar into memory. Classes for one Java version only ({@code META-INF/versions}) are not looked at. */
final class JarReader {
    /** A router is code; one that brings models along keeps them elsewhere. */
    private static final long MOST_BYTES = 256L << 20;

    private static final String PROVIDERS = "META-INF/services/" + RequestRouter.class.getName();

    private JarReader() {}

    /** Returns the files in {@code jar} by their path; {@code shown} is what messages call it. */
    static Map<String, byte[]> files(String shown, byte[] jar) {
        Map<String, byte[]> files = new TreeMap<>();
        long sum = 0;
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar), false)) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                if (!entry.isDirectory()) {
                    byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, MOST_BYTES - sum + 1));
                    sum += bytes.length;
                    if (sum > MOST_BYTES) {
                        throw new IllegalArgumentException(shown + ": larger than 256 MiB unpacked (expected: less)");
                    }
                    files.put(entry.getName(), bytes);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(shown + ": not a jar, " + e.getMessage() + " (expected: a jar)", e);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(shown + ": no files in it (expected: a jar)");
        }
        return files;
    }

    /** Returns the class that the jar says is its router. */
    static String provider(String shown, Map<String, byte[]> files) {
        String expected = " (expected: one line in " + PROVIDERS + ", or class: NAME)";
        byte[] services = files.get(PROVIDERS);
        if (services == null) {
            throw new IllegalArgumentException(shown + ": names no router" + expected);
        }
        List<String> names = new String(services, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList();
        if (names.size() != 1) {
            throw new IllegalArgumentException(shown + ": names "
                    + (names.isEmpty() ? "no router" : names.size() + " routers, " + String.join(", ", names))
                    + expected);
        }
        return names.getFirst();
    }
}
