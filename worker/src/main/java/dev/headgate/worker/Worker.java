package dev.headgate.worker;

import dev.headgate.worker.engine.Engine;
import dev.headgate.worker.onnx.OnnxEngine;
import dev.headgate.worker.sleep.SleepEngine;
import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running worker.
 *
 * <p>Thread-safe. It serves its dispatcher, reconnecting as often as needed, until it is {@linkplain #close() closed},
 * told to drain, or finds its id taken.
 */
public final class Worker implements AutoCloseable {
    private final WorkerLoop loop;
    private final @Nullable HealthEndpoint health;

    private Worker(WorkerLoop loop, @Nullable HealthEndpoint health) {
        this.loop = loop;
        this.health = health;
    }

    /** Starts a worker; returns at once, connected or not. */
    public static Worker start(WorkerOptions options) {
        if (options.exitWhenStdinCloses()) {
            ParentWatch.start(System.in);
        }
        WorkerLoop loop = new WorkerLoop(options, engine(options), new WorkerThreads(options.runSlots()));
        HealthEndpoint health = null;
        if (options.health().isPresent()) {
            InetSocketAddress address = options.health().get();
            try {
                health = HealthEndpoint.open(address, loop::isConnected);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "health port: cannot listen on " + address + " (" + e.getMessage() + ")", e);
            }
        }
        loop.start();
        return new Worker(loop, health);
    }

    /** Returns whether the dispatcher has welcomed this worker on the connection in use. */
    public boolean isConnected() {
        return loop.isConnected();
    }

    /** Returns where the health endpoint listens, if there is one. */
    public Optional<InetSocketAddress> healthAddress() {
        return Optional.ofNullable(health).map(HealthEndpoint::address);
    }

    /** Waits for the end; returns what the process should exit with: 0 after a drain, 1 if the worker's id is taken. */
    public int awaitTermination() {
        int code = loop.exitCode().join();
        if (health != null) {
            health.close();
        }
        return code;
    }

    /** Asks to leave and returns at once: running tasks end, for at most 30 seconds. */
    public void drain() {
        loop.leave();
    }

    /** Leaves as {@link #drain()} does and waits for the end. */
    @Override
    public void close() {
        drain();
        awaitTermination();
    }

    /** Ends at once and waits for it: running tasks are cancelled and the dispatcher hears no goodbye. */
    public void abort() {
        loop.abort();
        awaitTermination();
    }

    private static ModelStore store(WorkerOptions options) {
        return options.knowsCatalogue()
                ? ModelStore.open(options.modelDirectories(), options.cacheRoot())
                : ModelStore.openWithoutCatalogue(options.modelDirectories());
    }

    private static Engine engine(WorkerOptions options) {
        return switch (options.engine()) {
            case SLEEP -> new SleepEngine(options.sleepLoad(), options.sleepRun(), options.seed());
            case ONNX -> new OnnxEngine(store(options), options.cacheRoot(), options.threadsPerRun());
        };
    }
}
