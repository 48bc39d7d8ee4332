package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** One command of the program in a process of its own, with what it has written so far. */
final class HeadgateProcess implements AutoCloseable {
    /** Ends a test that hangs; a JVM on a busy machine may take seconds to say its first word. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    private HeadgateProcess(Process process) {
        this.process = process;
        this.readers = List.of(read(process.getInputStream(), out), read(process.getErrorStream(), err));
    }

    /** Starts {@code headgate ARGUMENTS} on the class path and the Java of this test. */
    static HeadgateProcess start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** Starts it with variables on top of the environment of this test. */
    static HeadgateProcess start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(hearingHangUps());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        return new HeadgateProcess(builder.start());
    }

    /** Returns a prefix that undoes what nohup does to all below it: they would not hear the signal that reloads. */
    private static List<String> hearingHangUps() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return List.of();
        }
        boolean ignoresHangUps = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                        line.substring("SigIgn:".length()).strip(), 16)
                                & 1)
                        != 0);
        return ignoresHangUps ? List.of("env", "--default-signal=HUP") : List.of();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> out() {
        return List.copyOf(out);
    }

    List<String> err() {
        return List.copyOf(err);
    }

    /** Waits for a line on standard output and returns it. */
    String awaitOut() throws InterruptedException {
        return Eventually.find(() -> "a line on standard output", PATIENCE, () -> {
            assertThat(process.isAlive() || !out.isEmpty())
                    .as("it runs on; it wrote %s", err)
                    .isTrue();
            return out.stream().findFirst();
        });
    }

    /** Waits for a line on standard error that holds {@code pattern} and returns the match. */
    MatchResult awaitErr(String pattern) throws InterruptedException {
        Pattern compiled = Pattern.compile(pattern);
        return Eventually.find(
                () -> "a line with " + pattern + " among " + err,
                PATIENCE,
                () -> matches(compiled).stream().findFirst());
    }

    /** Returns the matches of {@code pattern} in what standard error holds so far, at most one a line. */
    List<MatchResult> matches(Pattern pattern) {
        return err.stream()
                .map(line -> Optional.of(pattern.matcher(line)).filter(matcher -> matcher.find()))
                .flatMap(Optional::stream)
                .map(matcher -> matcher.toMatchResult())
                .toList();
    }

    /** Waits for the end and returns the exit code; all that it wrote has been read by then. */
    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as("it came to an end; it wrote %s", err)
                .isTrue();
        for (Thread reader : readers) {
            reader.join(PATIENCE);
        }
        return process.exitValue();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Kills it; its workers end with it. */
    @Override
    public void close() {
        kill();
    }

    private static Thread read(InputStream stream, List<String> lines) {
        return Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                // the process was killed while it wrote
            }
        });
    }
}
