package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The recorded SHA-256 of a cached model's files, in the format of {@code sha256sum}.
 *
 * <p>A directory is checked in full once per process and again when a file's size or time changes; otherwise a check is
 * two calls to the file system. Thread-safe.
 */
final class Checksums {
    private static final String FILE = "SHA256SUMS";

    private final Set<String> verified = ConcurrentHashMap.newKeySet();

    /** Records the named files of {@code directory}. */
    static void write(Path directory, List<String> names) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(sha256(directory.resolve(name)))
                    .append("  ")
                    .append(name)
                    .append('\n');
        }
        Files.writeString(directory.resolve(FILE), lines);
    }

    /** Compares the files of {@code directory} with what was recorded. */
    void verify(String label, Path directory) throws LoadFailure {
        for (Map.Entry<String, String> recorded : read(label, directory).entrySet()) {
            Path file = directory.resolve(recorded.getKey());
            try {
                String state = file + " " + Files.size(file) + " "
                        + Files.getLastModifiedTime(file).toMillis();
                if (verified.contains(state)) {
                    continue;
                }
                if (!sha256(file).equals(recorded.getValue())) {
                    throw corrupt(label, file, "is corrupt (its SHA-256 is not the recorded one)", null, directory);
                }
                verified.add(state);
            } catch (IOException e) {
                throw corrupt(label, file, "is missing or unreadable", e, directory);
            }
        }
    }

    private static Map<String, String> read(String label, Path directory) throws LoadFailure {
        Path file = directory.resolve(FILE);
        try {
            Map<String, String> recorded = new LinkedHashMap<>();
            for (String line : Files.readAllLines(file)) {
                recorded.put(line.substring(line.indexOf("  ") + 2), line.substring(0, Math.max(0, line.indexOf(' '))));
            }
            return recorded;
        } catch (IOException e) {
            throw corrupt(label, file, "is missing or unreadable", e, directory);
        }
    }

    private static LoadFailure corrupt(
            String label, Path file, String what, @Nullable IOException cause, Path directory) {
        return LoadFailure.permanent(
                "model " + label + ": " + file + " " + what + "; delete " + directory
                        + " and load the model again to fetch it anew",
                cause);
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
