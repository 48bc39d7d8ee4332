package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code headgate serve} as a child process that ends with this one, as a measurement needs it. */
final class ServerChild implements AutoCloseable {
    private static final String READY = "listening on ";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final Thread endWithParent;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();

    private ServerChild(Process process) {
        this.process = process;
        this.endWithParent = new Thread(process::destroyForcibly, "end-server-child");
        Runtime.getRuntime().addShutdownHook(endWithParent);
        var _ = Thread.ofVirtual().name("server-child-output").start(this::read);
    }

    /**
     * Starts it and returns when it listens.
     *
     * @param prefix a command to run it with, such as taskset; may be empty
     * @param arguments what follows {@code serve}
     */
    static ServerChild start(List<String> prefix, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(heap(optionsOfTheUser()));
        command.addAll(optionsOfTheUser());
        command.add(Main.class.getName());
        command.add("serve");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putIfAbsent("HEADGATE_LOG", "ERROR");
        ServerChild child = new ServerChild(builder.start());
        child.awaitReady();
        return child;
    }

    /** Returns where it listens. */
    URI url() {
        return ready.join();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Asks it to end, and ends it if it has not after a while. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(endWithParent);
    }

    /** Those that the launcher gives to every command's JVM. */
    private static List<String> optionsOfTheUser() {
        return Arrays.stream(
                        System.getenv().getOrDefault("HEADGATE_JAVA_OPTS", "").split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** What the launcher says of the heap, unless the user names a collector, which it might not fit. */
    private static List<String> heap(List<String> optionsOfTheUser) throws IOException {
        if (optionsOfTheUser.stream().anyMatch(option -> option.matches("-XX:\\+Use.*GC"))) {
            return List.of();
        }
        try (InputStream options = ServerChild.class.getResourceAsStream("serve.options")) {
            return new String(Objects.requireNonNull(options).readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private void awaitReady() throws InterruptedException {
        try {
            var _ = ready.get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            close();
            throw CommandException.failed("the server to be measured did not start: " + e.getMessage());
        }
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(URI.create(line.substring(READY.length())));
                }
            }
            ready.completeExceptionally(new IOException("it ended"));
        } catch (IOException | UncheckedIOException e) {
            ready.completeExceptionally(e);
        }
    }
}
