package dev.headgate.worker;

import dev.headgate.worker.protocol.WorkerProtocol;
import dev.headgate.worker.sleep.SleepCost;
import dev.headgate.worker.store.ModelStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Everything a worker can be told.
 *
 * @param dispatcher the dispatcher's address, {@code ws://HOST:PORT/worker-listen} or {@code wss}
 * @param workerId names this worker to the dispatcher; two live workers never share one
 * @param engine what runs the models
 * @param modelDirectories searched in order before the catalogue of published models
 * @param knowsCatalogue whether the published models can be asked for as well
 * @param cacheRoot where fetched models and native libraries are kept
 * @param memoryBytes what models may take together; zero means no limit
 * @param maxLabels models held at a time; zero means no limit
 * @param runSlots batches run at a time, at least one
 * @param queueSlots batches accepted beyond those that run
 * @param threadsPerRun threads that work on one run; zero divides the cores by the run slots
 * @param tokenFile holds the token for the dispatcher on one line
 * @param health where {@code GET /health} answers 200 while connected and 503 otherwise
 * @param sleepLoad what a load costs on the sleep engine
 * @param sleepRun what a run costs on the sleep engine if the task does not say
 * @param seed seeds the sleep engine's draws and the backoff's jitter
 * @param exitWhenStdinCloses halts the process when its standard input ends, so that it never outlives its parent
 */
public record WorkerOptions(
        URI dispatcher,
        String workerId,
        EngineKind engine,
        List<Path> modelDirectories,
        boolean knowsCatalogue,
        Path cacheRoot,
        long memoryBytes,
        int maxLabels,
        int runSlots,
        int queueSlots,
        int threadsPerRun,
        Optional<Path> tokenFile,
        Optional<InetSocketAddress> health,
        SleepCost sleepLoad,
        SleepCost sleepRun,
        long seed,
        boolean exitWhenStdinCloses) {
    /** The engines a worker can have. */
    public enum EngineKind {
        /** Embedding models on ONNX Runtime. */
        ONNX,
        /** Passes time, for tests and benchmarks. */
        SLEEP
    }

    /** The dispatcher refuses more as absurd. */
    private static final long MAX_MEMORY_BYTES = 1L << 50;

    /** Validates every value; messages name the one that is wrong. */
    public WorkerOptions {
        modelDirectories = List.copyOf(modelDirectories);
        boolean webSocket = "ws".equals(dispatcher.getScheme()) || "wss".equals(dispatcher.getScheme());
        if (!webSocket || dispatcher.getHost() == null) {
            throw new IllegalArgumentException(
                    "dispatcher: " + dispatcher + " (expected: ws://HOST:PORT" + WorkerProtocol.PATH + ")");
        }
        if (!WorkerProtocol.isWorkerId(workerId)) {
            throw new IllegalArgumentException(
                    "worker id: " + workerId + " (expected: 1 to 128 of A-Z a-z 0-9 . _ : -)");
        }
        check("memory", memoryBytes, 0, MAX_MEMORY_BYTES);
        check("max labels", maxLabels, 0, 1_000_000);
        check("run slots", runSlots, 1, 1024);
        check("queue slots", queueSlots, 0, 1024);
        check("threads per run", threadsPerRun, 0, 1024);
        if (threadsPerRun == 0) {
            threadsPerRun = Math.max(1, Runtime.getRuntime().availableProcessors() / runSlots);
        }
    }

    /** Starts a description of a worker of the given dispatcher; everything else has a default. */
    public static Builder builder(URI dispatcher) {
        return new Builder(dispatcher);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    /** Collects options; the defaults stand here. */
    public static final class Builder {
        private final URI dispatcher;
        private String workerId = "worker-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        private EngineKind engine = EngineKind.ONNX;
        private List<Path> modelDirectories = List.of();
        private boolean knowsCatalogue = true;
        private Path cacheRoot = ModelStore.defaultCacheRoot();
        private long memoryBytes;
        private int maxLabels;
        private int runSlots = 1;
        private int queueSlots;
        private int threadsPerRun;
        private Optional<Path> tokenFile = Optional.empty();
        private Optional<InetSocketAddress> health = Optional.empty();
        private SleepCost sleepLoad = SleepCost.NONE;
        private SleepCost sleepRun = SleepCost.NONE;
        private long seed = ThreadLocalRandom.current().nextLong();
        private boolean exitWhenStdinCloses;

        private Builder(URI dispatcher) {
            this.dispatcher = dispatcher;
        }

        /** Names the worker; a random name otherwise. */
        public Builder workerId(String id) {
            this.workerId = id;
            return this;
        }

        /** Chooses the engine; ONNX otherwise. */
        public Builder engine(EngineKind kind) {
            this.engine = kind;
            return this;
        }

        /** Names directories of models; none otherwise. */
        public Builder modelDirectories(List<Path> directories) {
            this.modelDirectories = directories;
            return this;
        }

        /** Limits the models to those of the directories. */
        public Builder withoutCatalogue() {
            this.knowsCatalogue = false;
            return this;
        }

        /** Names the cache; {@link ModelStore#defaultCacheRoot()} otherwise. */
        public Builder cacheRoot(Path directory) {
            this.cacheRoot = directory;
            return this;
        }

        /** Limits the memory of all models; no limit otherwise. */
        public Builder memoryBytes(long bytes) {
            this.memoryBytes = bytes;
            return this;
        }

        /** Limits the number of models; no limit otherwise. */
        public Builder maxLabels(int labels) {
            this.maxLabels = labels;
            return this;
        }

        /** Sets how many batches run at a time; one otherwise. */
        public Builder runSlots(int slots) {
            this.runSlots = slots;
            return this;
        }

        /** Sets how many batches may wait here for a run slot; none otherwise. */
        public Builder queueSlots(int slots) {
            this.queueSlots = slots;
            return this;
        }

        /** Sets the threads of one run: cores divided by run slots otherwise; fewer if workers share a machine. */
        public Builder threadsPerRun(int threads) {
            this.threadsPerRun = threads;
            return this;
        }

        /** Names the file that holds the token; no token is sent otherwise. */
        public Builder tokenFile(Path file) {
            this.tokenFile = Optional.of(file);
            return this;
        }

        /** Opens the health endpoint; there is none otherwise. */
        public Builder health(InetSocketAddress address) {
            this.health = Optional.of(address);
            return this;
        }

        /** Sets the cost of a load on the sleep engine; none otherwise. */
        public Builder sleepLoad(SleepCost cost) {
            this.sleepLoad = cost;
            return this;
        }

        /** Sets the cost of a run on the sleep engine; none otherwise. */
        public Builder sleepRun(SleepCost cost) {
            this.sleepRun = cost;
            return this;
        }

        /** Seeds all draws; a random seed otherwise. */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /** Ends the process with its standard input; it stays otherwise. */
        public Builder exitWhenStdinCloses() {
            this.exitWhenStdinCloses = true;
            return this;
        }

        /** Returns the options; throws IllegalArgumentException naming a value that is wrong. */
        public WorkerOptions build() {
            return new WorkerOptions(
                    dispatcher,
                    workerId,
                    engine,
                    modelDirectories,
                    knowsCatalogue,
                    cacheRoot,
                    memoryBytes,
                    maxLabels,
                    runSlots,
                    queueSlots,
                    threadsPerRun,
                    tokenFile,
                    health,
                    sleepLoad,
                    sleepRun,
                    seed,
                    exitWhenStdinCloses);
        }
    }
}
