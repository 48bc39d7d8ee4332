package dev.headgate.app;

import dev.headgate.app.config.PlacementPolicy;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.lab.dispatch.CostModel;
import dev.headgate.lab.dispatch.DispatchComparison;
import dev.headgate.lab.dispatch.DispatchPrinter;
import dev.headgate.lab.dispatch.DispatchReport;
import dev.headgate.lab.dispatch.DispatchWorkload;
import dev.headgate.lab.dispatch.LabelSequence;
import dev.headgate.lab.dispatch.LabelTrace;
import dev.headgate.lab.dispatch.Presets;
import dev.headgate.lab.dispatch.WorkloadBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import picocli.CommandLine.Option;

/** The workload of a dispatch run, measured or simulated. The defaults are smart-routing's published run. */
final class DispatchRunOptions {
    @Option(
            names = "--preset",
            paramLabel = "PRESET",
            converter = Converters.Preset.class,
            description =
                    "Start from a published workload: seed-over-capacity, seed-at-capacity, saturated-5, saturated-4 or pool-16x4x200. Flags given as well win.")
    private Optional<DispatchWorkload> preset = Optional.empty();

    @Option(
            names = "--workers",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Workers. Default 2.")
    private Optional<Integer> workers = Optional.empty();

    @Option(
            names = "--capacity",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Labels a worker holds. Default 2.")
    private Optional<Integer> capacity = Optional.empty();

    @Option(
            names = "--labels",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Labels in the workload. Default 5.")
    private Optional<Integer> labels = Optional.empty();

    @Option(
            names = "--requests",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Requests in all. Default 2400.")
    private Optional<Integer> requests = Optional.empty();

    @Option(
            names = "--producers",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Producers: each sends, reads the answer, waits. Default 2.")
    private Optional<Integer> producers = Optional.empty();

    @Option(
            names = "--wait-avg",
            paramLabel = "SECONDS",
            converter = Converters.Amount.class,
            description = "Mean wait of a producer. Default 2.5.")
    private Optional<Double> waitAverage = Optional.empty();

    @Option(
            names = "--wait-stddev",
            paramLabel = "SECONDS",
            converter = Converters.Amount.class,
            description = "Standard deviation of that wait. Default 1.0.")
    private Optional<Double> waitDeviation = Optional.empty();

    @Option(
            names = "--wait-min",
            paramLabel = "SECONDS",
            converter = Converters.Amount.class,
            description = "Least wait. Default 0.1.")
    private Optional<Double> waitLeast = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            converter = Converters.Factor.class,
            description = "Poisson arrivals instead of producers.")
    private Optional<Double> rate = Optional.empty();

    @Option(
            names = "--zipf",
            paramLabel = "S",
            converter = Converters.Amount.class,
            description = "Label k has weight 1/(k+1)^S. Default 0.")
    private Optional<Double> zipf = Optional.empty();

    @Option(
            names = "--rotate-every",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Shift popularity after so many requests, 0 for never. Default 0.")
    private Optional<Integer> rotateEvery = Optional.empty();

    @Option(
            names = "--rotate-by",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Labels by which it shifts. Default 0.")
    private Optional<Integer> rotateBy = Optional.empty();

    @Option(
            names = "--run-cost",
            paramLabel = "SECONDS",
            converter = Converters.Cost.class,
            description = "Mean run time: one value, a list by label, or lognormal:MEAN,SIGMA. Default 0.0875.")
    private Optional<CostModel> runCost = Optional.empty();

    @Option(
            names = "--load-cost",
            paramLabel = "SECONDS",
            converter = Converters.Cost.class,
            description = "Mean load time, likewise. Default 0.3905.")
    private Optional<CostModel> loadCost = Optional.empty();

    @Option(names = "--overlap", paramLabel = "on|off", description = "Load one label while another runs. Default off.")
    private Optional<Overlap> overlap = Optional.empty();

    @Option(
            names = "--sizes",
            paramLabel = "SIZE",
            converter = Converters.Bytes.class,
            split = ",",
            description = "Sizes of the labels, used cyclically; instead of --capacity, with --memory.")
    private List<Long> sizes = List.of();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Converters.Bytes.class,
            description = "Memory of a worker, with --sizes.")
    private Optional<Long> memoryBytes = Optional.empty();

    @Option(
            names = "--kill",
            paramLabel = "T:WORKER:DOWN",
            converter = Converters.Kill.class,
            description = "Kill a worker T seconds after the start for DOWN seconds; may be repeated.")
    private List<DispatchWorkload.Kill> kills = List.of();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Labels from a file, one JSON object per line, in its order.")
    private Optional<Path> trace = Optional.empty();

    @Option(
            names = "--save-trace",
            paramLabel = "FILE",
            description = "Write the labels of the first seed as such a file.")
    private Optional<Path> saveTrace = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            split = ",",
            defaultValue = "late",
            description = "late, seed or random; a list compares them. Default ${DEFAULT-VALUE}.")
    private List<PlacementPolicy> policies = List.of(PlacementPolicy.LATE);

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all draws. Default 1.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Run with each of the seeds 1 to N.")
    private Optional<Integer> seeds = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    /** Returns the preset's workload, or the published run, with what the flags change. */
    DispatchWorkload workload() {
        refuse(
                rate.isPresent() && producers.isPresent(),
                "--producers: arrivals come at --rate (expected: one of the two)");
        refuse(seed.isPresent() && seeds.isPresent(), "--seed: --seeds runs 1 to N (expected: one of the two)");
        refuse(
                sizes.isEmpty() == memoryBytes.isPresent(),
                "--sizes and --memory: one without the other (expected: both or none)");
        refuse(
                !sizes.isEmpty() && capacity.isPresent(),
                "--capacity: what fits follows from --sizes and --memory (expected: one of the two)");
        WorkloadBuilder workload = preset.orElseGet(() -> Presets.named("seed-over-capacity")).toBuilder();
        workers.ifPresent(workload::workers);
        capacity.ifPresent(workload::capacity);
        labels.ifPresent(workload::labels);
        requests.ifPresent(workload::requests);
        waitAverage.ifPresent(workload::waitAvg);
        waitDeviation.ifPresent(workload::waitStddev);
        waitLeast.ifPresent(workload::waitMin);
        runCost.ifPresent(workload::runCost);
        loadCost.ifPresent(workload::loadCost);
        zipf.ifPresent(workload::zipf);
        rotateEvery.ifPresent(workload::rotateEvery);
        rotateBy.ifPresent(workload::rotateBy);
        rate.ifPresent(workload::rate);
        producers.ifPresent(count -> workload.producers(count).rate(0));
        overlap.ifPresent(choice -> workload.overlap(choice == Overlap.ON));
        memoryBytes.ifPresent(bytes -> workload.sizes(sizes).memory(bytes));
        workload.kills(kills);
        trace.ifPresent(file -> workload.trace(read(file)));
        return build(workload);
    }

    private static DispatchWorkload build(WorkloadBuilder workload) {
        try {
            return workload.build();
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
    }

    private static List<Integer> read(Path trace) {
        try {
            return LabelTrace.read(trace);
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.wrongUse("--trace: " + e.getMessage());
        }
    }

    /** Returns the policies to compare, in the order given. */
    List<String> policies() {
        return policies.stream()
                .map(policy -> policy.name().toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

    /** Returns the seeds to run with. */
    List<Long> seeds() {
        return seeds.map(count -> LongStream.rangeClosed(1, count).boxed().toList())
                .orElseGet(() -> List.of(seed.orElse(1L)));
    }

    /** Runs {@code workload} in simulated time and prints what came out; returns the exit code. */
    int simulate(DispatchWorkload workload, PrintWriter out) {
        saveTrace(workload);
        List<Long> runs = seeds();
        print(
                DispatchComparison.run(workload, policies(), PlacementSettings.DEFAULTS, runs.getFirst(), runs.size())
                        .rows(),
                out);
        return 0;
    }

    /** Prints one run by itself, several as a comparison. */
    void print(List<DispatchReport> rows, PrintWriter out) {
        if (rows.size() == 1) {
            out.print(json ? DispatchPrinter.json(rows.getFirst()) + "\n" : DispatchPrinter.text(rows.getFirst()));
        } else {
            DispatchComparison comparison = DispatchComparison.of(rows);
            out.print(json ? DispatchPrinter.json(comparison) + "\n" : DispatchPrinter.text(comparison));
        }
        out.flush();
    }

    /** Writes the labels that {@code workload} asks for under the first seed, if that is wanted. */
    void saveTrace(DispatchWorkload workload) {
        saveTrace.ifPresent(file -> {
            try {
                LabelTrace.write(file, LabelSequence.all(workload, seeds().getFirst()));
            } catch (IOException e) {
                throw CommandException.failed("--save-trace: cannot write " + file);
            }
        });
    }

    private static void refuse(boolean contradicts, String sentence) {
        if (contradicts) {
            throw CommandException.wrongUse(sentence);
        }
    }
}
