package dev.headgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A program of {@code src/test/peers} at its actions: it does all of them at once, prints a line for each that is over,
 * and lives until it is closed.
 */
final class PeerProcess implements AutoCloseable {
    /** What all actions together may take: half a dozen virtual machines start at once on two busy processors. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final JsonMapper JSON = new JsonMapper();

    private final long startNanos = System.nanoTime();
    private final Process process;
    private final Map<String, JsonNode> lines = new ConcurrentHashMap<>();
    private final List<String> err = new CopyOnWriteArrayList<>();

    private PeerProcess(Process process) {
        this.process = process;
        read(process.getInputStream(), line -> {
            JsonNode seen = parsed(line);
            lines.put(seen.path("action").asText(), seen);
        });
        read(process.getErrorStream(), err::add);
    }

    /** Starts one that talks to the server whose root is {@code url}, with variables on top of the usual ones. */
    static PeerProcess start(
            PeerClient.Program program, String url, Collection<ClientAction> actions, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(program.command());
        command.add(url);
        actions.forEach(action -> command.add(action.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Peers.environment());
        builder.environment().putAll(environment);
        return new PeerProcess(builder.start());
    }

    /** Waits for the end of an action and returns what came of it. */
    ClientAction.Seen await(ClientAction action) throws InterruptedException {
        Duration left = PATIENCE.minusNanos(System.nanoTime() - startNanos);
        JsonNode line = Eventually.find(() -> action + " is over; standard error: " + err, left, () -> {
            assertThat(process.isAlive() || lines.containsKey(action.toString()))
                    .as("%s runs; it wrote %s", action, err)
                    .isTrue();
            return Optional.ofNullable(lines.get(action.toString()));
        });
        return ClientAction.Seen.of(line);
    }

    /** Ends it, and with it its connections. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not a line of JSON: " + line, e);
        }
    }

    private static void read(InputStream stream, Consumer<String> lines) {
        var _ = Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                reader.lines().forEach(lines);
            } catch (IOException | UncheckedIOException e) {
                // the process was ended while it wrote
            }
        });
    }
}
