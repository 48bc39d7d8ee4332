package dev.headgate.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Worker processes that live and end with this one.
 *
 * <p>One that dies is started again, after a wait that doubles from 0.2 to 5 seconds while it keeps dying young. Each
 * holds the reading end of a pipe whose other end is here: when this process ends, in whatever way, the pipe ends and so
 * does the worker.
 */
final class ChildWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildWorkers.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration GROWN_UP = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Map<String, String> environment;
    private final List<Keeper> keepers = new ArrayList<>();
    private volatile boolean closing;

    /** Prepares {@code count} workers {@code worker-1} …; {@code arguments} are those of the program, without an id. */
    ChildWorkers(int count, List<String> arguments) {
        this(count, arguments, Map.of());
    }

    /** The same with further environment variables for the workers. */
    ChildWorkers(int count, List<String> arguments, Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        for (int i = 1; i <= count; i++) {
            List<String> own = new ArrayList<>(arguments);
            own.addAll(List.of("--id", "worker-" + i));
            keepers.add(new Keeper("worker-" + i, own));
        }
    }

    /** Starts them. */
    void start() {
        keepers.forEach(Keeper::start);
    }

    /** Asks them to end, waits a little and ends those that have not. */
    @Override
    public void close() {
        closing = true;
        keepers.forEach(Keeper::stop);
        keepers.forEach(Keeper::awaitEnd);
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A worker's models live outside the heap, and two cores have no use for a parallel collector.
        command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.add(Main.class.getName());
        command.addAll(arguments);
        return command;
    }

    /** One worker, started again when it dies. */
    private final class Keeper {
        private final String name;
        private final List<String> arguments;
        private final Thread thread;
        private @Nullable Process process; // guarded by this

        private Keeper(String name, List<String> arguments) {
            this.name = name;
            this.arguments = arguments;
            this.thread = Thread.ofVirtual().name("keep-" + name).unstarted(this::keep);
        }

        private void start() {
            thread.start();
        }

        private void keep() {
            Duration wait = FIRST_WAIT;
            try {
                for (Process running = launch(); running != null; running = launch()) {
                    long startedNanos = System.nanoTime();
                    int code = running.waitFor();
                    if (closing) {
                        return;
                    }
                    boolean diedYoung = System.nanoTime() - startedNanos < GROWN_UP.toNanos();
                    wait = diedYoung ? wait : FIRST_WAIT;
                    LOG.warn("worker process ended and is started again: worker={} exit={} wait={}", name, code, wait);
                    Thread.sleep(wait);
                    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Starts the process; null once all are to end. */
        private synchronized @Nullable Process launch() {
            if (closing) {
                return null;
            }
            try {
                ProcessBuilder builder = new ProcessBuilder(command(arguments))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
                // Not on the command line: ONNX Runtime 1.29 reads that and overflows its stack from 4 KB on.
                builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
                builder.environment().putAll(environment);
                process = builder.start();
                return process;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + name, e);
            }
        }

        /** Ends the pipe; by now the worker has nothing left to do. */
        private synchronized void stop() {
            try {
                if (process != null) {
                    process.getOutputStream().close();
                }
            } catch (IOException e) {
                LOG.debug("the worker has ended already: worker={}", name);
            }
        }

        private void awaitEnd() {
            Process last;
            synchronized (this) {
                last = process;
            }
            thread.interrupt();
            try {
                if (last != null && !last.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                    last.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                last.destroyForcibly();
            }
        }
    }
}
