package dev.headgate.app;

import dev.headgate.lab.routing.Cell;
import dev.headgate.lab.routing.Experiment;
import dev.headgate.lab.routing.RoutingJson;
import dev.headgate.lab.routing.RoutingPlot;
import dev.headgate.lab.routing.RoutingReport;
import dev.headgate.lab.routing.RoutingReport.Capacity;
import dev.headgate.lab.routing.RoutingText;
import dev.headgate.lab.routing.RunFiles;
import dev.headgate.lab.trace.BadTraceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Routing policies under recorded or generated traffic. */
@Command(
        name = "routing",
        description =
                "Compare routing policies under recorded or generated traffic; the same seed gives the same result.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", "1:an invariant did not hold or a router failed", "2:bad usage or input"})
final class RoutingCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Mixin
    private RoutingRunOptions options = new RoutingRunOptions();

    @Option(names = "--capacity", description = "Also find the highest speed-up with 90 %% goodput of each policy.")
    private boolean capacity;

    @Option(
            names = "--load",
            paramLabel = "FRACTION",
            converter = Converters.Factor.class,
            description = "Instead of --speedup: a share of the capacity of the best policy listed.")
    private Optional<Double> load = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Runs at once; changes no result. Default: all cores.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--out", paramLabel = "DIR", description = "Write JSON, text and a line per request there.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw the report, as .svg or .png.")
    private Optional<Path> plot = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Experiment experiment = experiment();
        // What is written last is refused first, before the simulations.
        plot.ifPresent(RoutingCommand::checkPlot);
        RoutingReport report;
        try {
            List<Cell> cells = options.cells();
            List<Capacity> capacities = capacities(experiment, cells);
            if (load.isPresent()) {
                cells = atLoad(cells, capacities, load.get());
            }
            RoutingReport measured = experiment.run(cells);
            report = capacity ? measured.with(capacities) : measured;
        } catch (BadTraceException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        String document = RoutingJson.of(
                report,
                new RoutingJson.Origin(
                        command(),
                        VersionCommand.version(),
                        String.valueOf(Runtime.version()),
                        (System.nanoTime() - start) / NANOS_PER_SECOND));
        String text = RoutingText.of(report);
        write(report, document, text);
        spec.commandLine().getOut().print(json ? document : text);
        spec.commandLine().getOut().flush();
        return report.isClean() ? 0 : 1;
    }

    private Experiment experiment() {
        Experiment experiment = ofOptions();
        return folder.map(place -> experiment.keeping(new RunFiles(made(place))))
                .orElse(experiment);
    }

    private Experiment ofOptions() {
        try {
            return new Experiment(options.settings(), options.policies(), options.seeds(), threads, this::progress);
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse("--" + e.getMessage());
        }
    }

    private static Path made(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw CommandException.wrongUse("--out: " + folder + " (expected: a folder, or a place for one)");
        }
        if (!Files.isWritable(folder)) {
            throw CommandException.wrongUse("--out: " + folder + " (expected: a folder that can be written)");
        }
        return folder;
    }

    private void progress(String run) {
        spec.commandLine().getErr().println(run);
    }

    private List<Capacity> capacities(Experiment experiment, List<Cell> cells) {
        List<Capacity> capacities = new ArrayList<>();
        if (capacity || load.isPresent()) {
            for (Cell cell : once(cells)) {
                capacities.addAll(experiment.capacities(cell));
            }
        }
        return capacities;
    }

    /** A capacity is a speed, so the speeds that are listed do not matter to it. */
    private static List<Cell> once(List<Cell> cells) {
        return cells.stream().map(cell -> cell.at(1)).distinct().toList();
    }

    private static List<Cell> atLoad(List<Cell> cells, List<Capacity> capacities, double share) {
        return once(cells).stream()
                .map(cell -> cell.at(share
                        * capacities.stream()
                                .filter(found ->
                                        found.workload().equals(cell.workload().name()))
                                .mapToDouble(Capacity::speedup)
                                .max()
                                .orElseThrow()))
                .toList();
    }

    private static void checkPlot(Path file) {
        String name = file.toString();
        if (!name.endsWith(".svg") && !name.endsWith(".png")) {
            throw CommandException.wrongUse("--plot: " + name + " (expected: a name that ends in .svg or .png)");
        }
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isWritable(parent) || Files.isDirectory(file)) {
            throw CommandException.wrongUse("--plot: " + name + " (expected: a file in a folder that can be written)");
        }
    }

    private void write(RoutingReport report, String document, String text) throws IOException {
        if (folder.isPresent()) {
            Files.writeString(folder.get().resolve("report.json"), document, StandardCharsets.UTF_8);
            Files.writeString(folder.get().resolve("report.txt"), text, StandardCharsets.UTF_8);
        }
        if (plot.isPresent()) {
            boolean isSvg = plot.get().toString().endsWith(".svg");
            Files.write(plot.get(), isSvg ? RoutingPlot.svg(report) : RoutingPlot.png(report));
        }
    }

    /** Returns what was typed, without what changes no result. */
    private String command() {
        List<String> words = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        int threadsAt = words.indexOf("--threads");
        if (threadsAt >= 0) {
            words.subList(threadsAt, Math.min(words.size(), threadsAt + 2)).clear();
        }
        words.removeIf(word -> word.startsWith("--threads="));
        return "headgate " + String.join(" ", words);
    }
}
