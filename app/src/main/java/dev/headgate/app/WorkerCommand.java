package dev.headgate.app;

import dev.headgate.app.config.ListenConfig;
import dev.headgate.worker.Worker;
import dev.headgate.worker.WorkerOptions;
import dev.headgate.worker.sleep.SleepCost;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one worker, which connects to a dispatcher and runs the tasks that it sends. */
@Command(name = "worker", description = "Run one worker process.")
final class WorkerCommand implements Callable<Integer> {
    @Option(
            names = "--dispatcher",
            required = true,
            paramLabel = "URL",
            description = "Where to connect, such as ws://127.0.0.1:8080/worker-listen.")
    private URI dispatcher = URI.create("");

    @Option(names = "--id", paramLabel = "NAME", description = "The worker's name. Default: one is made up.")
    private Optional<String> id = Optional.empty();

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "onnx",
            description = "What it runs: onnx or sleep. Default ${DEFAULT-VALUE}.")
    private Engine engine = Engine.ONNX;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            converter = Converters.Folder.class,
            description = "Folder with models; may be repeated.")
    private List<Path> models = List.of();

    @Option(
            names = "--no-catalogue",
            description = "Know only the models of --models, not the published ones that can be fetched.")
    private boolean withoutCatalogue;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Converters.Bytes.class,
            defaultValue = "2GiB",
            description = "Memory for models. Default ${DEFAULT-VALUE}.")
    private long memoryBytes;

    @Option(
            names = "--max-labels",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Models held at a time. Default: as many as the memory takes.")
    private Optional<Integer> maxLabels = Optional.empty();

    @Option(
            names = "--run-slots",
            paramLabel = "N",
            converter = Converters.Positive.class,
            defaultValue = "1",
            description = "Tasks run at a time. Default ${DEFAULT-VALUE}.")
    private int runSlots;

    @Option(
            names = "--threads-per-run",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Threads that one run may use. Default: cores divided by run slots.")
    private Optional<Integer> threadsPerRun = Optional.empty();

    @Option(names = "--token-file", paramLabel = "FILE", description = "File that holds the worker's token.")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--health-port",
            paramLabel = "[HOST:]PORT",
            converter = Converters.Address.class,
            description = "Answer GET /health here: 200 while connected, else 503.")
    private Optional<ListenConfig> health = Optional.empty();

    @Option(
            names = "--sleep-load-ms",
            paramLabel = "MEAN[,STDDEV]",
            description = "With --engine sleep: what a load takes. Default 0.")
    private Optional<String> sleepLoad = Optional.empty();

    @Option(
            names = "--sleep-run-ms",
            paramLabel = "MEAN[,STDDEV]",
            description = "With --engine sleep: what a run takes if the task does not say. Default 0.")
    private Optional<String> sleepRun = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "With --engine sleep: seed of its draws.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--exit-with-parent", hidden = true, description = "End when standard input does.")
    private boolean exitWithParent;

    @Override
    public Integer call() {
        WorkerOptions options;
        try {
            options = options();
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        if (exitWithParent) {
            // Ctrl-C reaches the whole process group; it is for the parent to say when its workers end.
            Signals.ignore("INT");
        }
        Worker worker = start(options);
        // Not by a shutdown hook: ONNX Runtime has one of its own, which ends it while tasks still run.
        Signals.on("TERM", worker::drain);
        if (!exitWithParent) {
            Signals.on("INT", worker::drain);
        }
        int code = worker.awaitTermination();
        // Nor may that hook run where a task could not be stopped.
        Runtime.getRuntime().halt(code);
        return code;
    }

    private static Worker start(WorkerOptions options) {
        try {
            return Worker.start(options);
        } catch (UncheckedIOException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
    }

    private WorkerOptions options() {
        WorkerOptions.Builder options = WorkerOptions.builder(dispatcher)
                .engine(engine == Engine.ONNX ? WorkerOptions.EngineKind.ONNX : WorkerOptions.EngineKind.SLEEP)
                .modelDirectories(models)
                .memoryBytes(memoryBytes)
                .maxLabels(maxLabels.orElse(0))
                .runSlots(runSlots);
        threadsPerRun.ifPresent(options::threadsPerRun);
        id.ifPresent(options::workerId);
        tokenFile.ifPresent(options::tokenFile);
        health.ifPresent(address -> options.health(new InetSocketAddress(address.host(), address.port())));
        sleepLoad.map(SleepCost::parse).ifPresent(options::sleepLoad);
        sleepRun.map(SleepCost::parse).ifPresent(options::sleepRun);
        seed.ifPresent(options::seed);
        if (withoutCatalogue) {
            options.withoutCatalogue();
        }
        if (exitWithParent) {
            options.exitWhenStdinCloses();
        }
        return options.build();
    }
}
