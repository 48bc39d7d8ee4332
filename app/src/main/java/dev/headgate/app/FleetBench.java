package dev.headgate.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Processes with a client each, before three backends of which two throttle in each episode: how many attempts each fleet
 * wastes on what one of its processes knows to be throttled (gateway.md §12).
 */
final class FleetBench {
    /** What reaches the backend this soon after its first 429 nobody could have kept back. */
    private static final Duration UNAVOIDABLE = Duration.ofMillis(25);

    private static final String SEED_MEMBER = "fleet_seed.py";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration END_PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final Consumer<String> progress;

    FleetBench(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Returns what came of a fleet of clients that share over {@code redis}, or not at all. */
    Lane run(String name, Optional<String> redis) throws IOException, InterruptedException {
        return run(name, backends -> clients(backends, redis));
    }

    /** Returns what came of a fleet of openai-priority-loadbalancers, which {@code python} has. */
    Lane runSeed(String name, Path python) throws IOException, InterruptedException {
        Path script = Files.createTempFile("headgate-fleet", ".py");
        try (InputStream text = Objects.requireNonNull(FleetBench.class.getResourceAsStream(SEED_MEMBER))) {
            Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
            return run(
                    name,
                    backends -> List.of(
                            python.toString(),
                            script.toString(),
                            String.join(",", backends),
                            Integer.toString(settings.perSecond)));
        } finally {
            Files.delete(script);
        }
    }

    private Lane run(String name, UnaryOperator<List<String>> command) throws IOException, InterruptedException {
        progress.accept(name + ": " + settings.processes + " processes, " + settings.episodes + " episodes");
        List<Process> members = new ArrayList<>();
        try (ThrottledTier backends = new ThrottledTier(settings.retryAfterSeconds)) {
            for (int i = 0; i < settings.processes; i++) {
                members.add(start(command.apply(backends.backends())));
            }
            List<BufferedReader> said =
                    members.stream().map(Process::inputReader).toList();
            for (BufferedReader each : said) {
                await(each, "ready");
            }
            List<List<Long>> episodes = new ArrayList<>();
            for (int i = 0; i < settings.episodes; i++) {
                Thread.sleep(settings.settle);
                episodes.add(episode(backends));
            }
            for (Process each : members) {
                each.getOutputStream().close();
            }
            List<JsonNode> reports = new ArrayList<>();
            for (BufferedReader each : said) {
                reports.add(new JsonMapper().readTree(await(each, "{")));
            }
            return new Lane(name, episodes, reports);
        } finally {
            for (Process each : members) {
                if (!each.waitFor(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    each.destroyForcibly();
                }
            }
        }
    }

    private List<Long> episode(ThrottledTier backends) throws InterruptedException {
        backends.arm();
        long began = System.nanoTime();
        while (!backends.isOver()) {
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(settings.retryAfterSeconds + 10L)) {
                throw CommandException.failed("nobody asks the backends that throttle, 10 s after the last episode");
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return backends.disarm();
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("HEADGATE_LOG", "ERROR");
        return builder.start();
    }

    private List<String> clients(List<String> backends, Optional<String> redis) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // many processes on few cores: else they compile for minutes
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                Main.class.getName(),
                "bench",
                "fleet-member",
                "--backends",
                String.join(",", backends),
                "--rate",
                Integer.toString(settings.perSecond)));
        redis.ifPresent(url -> command.addAll(List.of("--redis", url)));
        return command;
    }

    private static String await(BufferedReader output, String beginning) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw CommandException.failed("a process of the fleet ended early");
    }

    /**
     * What is measured.
     *
     * @param processes of the fleet
     * @param perSecond requests of each
     * @param episodes of throttling
     * @param retryAfterSeconds how long each is, as the backend tells
     * @param settle between two
     */
    record Settings(int processes, int perSecond, int episodes, int retryAfterSeconds, Duration settle) {}

    /**
     * What came of one fleet.
     *
     * @param name as it is printed
     * @param episodes for each, how long after the first 429 each further attempt was made, in nanoseconds
     * @param callers what each process saw
     */
    record Lane(String name, List<List<Long>> episodes, List<JsonNode> callers) {
        Lane {
            episodes = List.copyOf(episodes);
            callers = List.copyOf(callers);
        }

        /** Returns the attempts that another process's knowledge could have spared. */
        long wasted() {
            return episodes.stream().mapToLong(Lane::wastedIn).sum();
        }

        /** Returns the share of all attempts that were wasted, in percent. */
        double wastedPercent() {
            long attempts = answers(200) + answers(429) + wasted() + unavoidable() + 2L * episodes.size();
            return 100.0 * wasted() / attempts;
        }

        /** Returns the episodes without any. */
        long episodesWithoutWaste() {
            return episodes.stream().filter(each -> wastedIn(each) == 0).count();
        }

        /** Returns the attempts that were too soon for anybody to know. */
        long unavoidable() {
            return episodes.stream().mapToLong(List::size).sum() - wasted();
        }

        /** Returns how long after the first 429 the last attempt of each episode was made, in ascending order. */
        List<Long> convergenceNanos() {
            return episodes.stream()
                    .map(each -> each.stream().mapToLong(Long::longValue).max().orElse(0))
                    .sorted()
                    .toList();
        }

        /** Returns the answers with {@code status} that callers got, who always had backends with room. */
        long answers(int status) {
            return callers.stream()
                    .mapToLong(each ->
                            each.path("statuses").path(Integer.toString(status)).asLong())
                    .sum();
        }

        /** Returns the requests that got no answer. */
        long broken() {
            return callers.stream()
                    .mapToLong(each -> each.path("broken").asLong())
                    .sum();
        }

        /** Returns the largest of the processes' values under {@code key}. */
        long worst(String key) {
            return callers.stream()
                    .mapToLong(each -> each.path(key).asLong())
                    .max()
                    .orElse(0);
        }

        private static long wastedIn(List<Long> episode) {
            return episode.stream()
                    .filter(after -> after > UNAVOIDABLE.toNanos())
                    .count();
        }
    }
}
