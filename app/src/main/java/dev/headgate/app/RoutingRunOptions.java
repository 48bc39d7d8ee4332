package dev.headgate.app;

import dev.headgate.app.config.Quantity;
import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowSettings.Fairness;
import dev.headgate.core.admit.FlowTargets;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.routing.Cell;
import dev.headgate.lab.routing.PolicySpec;
import dev.headgate.lab.routing.RunSettings;
import dev.headgate.lab.routing.RunSettings.Measuring;
import dev.headgate.lab.routing.Slo;
import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.TraceFiles;
import dev.headgate.lab.trace.TraceFormat;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import dev.headgate.lab.workload.Workloads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import picocli.CommandLine.Option;

/** What a routing simulation runs: inputs, fleet, policies and seeds. */
final class RoutingRunOptions {
    private static final long NANOS_PER_MICRO = 1_000;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            split = ",",
            description = "Recorded requests; several files are merged after each is shifted to 0. *.gz is unpacked.")
    private List<Path> files = List.of();

    @Option(names = "--workload", paramLabel = "ID", split = ",", description = "W1 to W9, instead of --trace.")
    private List<String> workloads = List.of();

    @Option(
            names = "--traces",
            paramLabel = "DIR",
            description = "The folder of the traces that W1, W4 and W8 need. Default $HEADGATE_TRACES.")
    private Optional<Path> traces = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "mooncake, azure, burstgpt, bailian, sessions or headgate. Default: as the first line looks.")
    private Optional<String> format = Optional.empty();

    @Option(
            names = "--file-block",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Tokens that a block id of the file stands for. Default: as its format says.")
    private Optional<Integer> fileBlock = Optional.empty();

    @Option(names = "--skip-bad", description = "Count bad lines and go on.")
    private boolean skipBad;

    @Option(
            names = "--jitter",
            paramLabel = "SPREAD",
            defaultValue = "auto",
            description = "How rounded times are spread: auto, off, both or a duration. Default ${DEFAULT-VALUE}.")
    private String jitter = "auto";

    @Option(
            names = "--policy",
            paramLabel = "LIST",
            defaultValue = "marginal-cost",
            description = "Policies, as NAME or NAME{KEY=VALUE;KEY=VALUE}; peers, all, oracle, class:NAME, jar:FILE,"
                    + " source:FILE. Default ${DEFAULT-VALUE}.")
    private String policies = "marginal-cost";

    @Option(
            names = "--replicas",
            paramLabel = "N",
            defaultValue = "8",
            description = "Replicas, or groups as 4xh100-llama8b,3xh100-llama8b*0.6. Default ${DEFAULT-VALUE}.")
    private String replicas = "8";

    @Option(
            names = "--speedup",
            paramLabel = "X",
            split = ",",
            converter = Converters.Factor.class,
            description = "What arrival times are divided by; a list compares. Default 1.")
    private List<Double> speedups = List.of(1.0);

    @Option(names = "--seeds", paramLabel = "N", converter = Converters.Positive.class, description = "Default 5.")
    private int seeds = 5;

    @Option(names = "--seed", paramLabel = "N", description = "The first seed. Default 1.")
    private long seed = 1;

    @Option(
            names = "--engine",
            paramLabel = "PRESET",
            defaultValue = "h100-llama8b",
            description = "h100-llama8b or coarse. Default ${DEFAULT-VALUE}.")
    private String engine = "h100-llama8b";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            split = ",",
            description = "Change constants of the engine, as budget=2048,blockTokens=16.")
    private List<String> constants = List.of();

    @Option(
            names = "--signal-age",
            paramLabel = "DURATION",
            split = ",",
            description = "How often engines' reports are refreshed; a list compares. Default 50ms.")
    private List<String> signalAges = List.of("50ms");

    @Option(
            names = "--routers",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Router processes, each of which sees its own requests. Default 1.")
    private int routers = 1;

    @Option(
            names = "--slo",
            paramLabel = "SLO",
            defaultValue = "ttft=2s,tpot=50ms",
            description =
                    "What a good answer keeps; ttft=auto is 0.5 s and 0.25 ms per token. Default ${DEFAULT-VALUE}.")
    private String slo = "ttft=2s,tpot=50ms";

    @Option(
            names = "--binding",
            paramLabel = "WHEN",
            description =
                    "When a request is bound to its replica: early, late or auto. Default late if --flow says which"
                            + " tenant is served next, as engines know no tenants, else early.")
    private Optional<String> binding = Optional.empty();

    @Option(
            names = "--flow",
            paramLabel = "FAIRNESS",
            defaultValue = "off",
            description =
                    "The waiting room in front of the fleet: off, on, or which tenant is served next: vtc, which is"
                            + " on, drr, round-robin, las or none. Default ${DEFAULT-VALUE}; on with --binding late or auto.")
    private String flow = "off";

    @Option(names = "--measure-router", description = "Report what a decision costs on this machine.")
    private boolean measures;

    @Option(names = "--charge-router", description = "Also let simulated time pass for it.")
    private boolean charges;

    /** Returns what all runs have in common. */
    RunSettings settings() {
        EngineConstants preset = engine();
        return new RunSettings(
                preset,
                refusing("--replicas", () -> Fleet.parse(replicas, engine)),
                slo(),
                routers,
                charges ? Measuring.CHARGED : measures ? Measuring.REPORTED : Measuring.OFF,
                new RouterSources()::create,
                flow());
    }

    private Optional<FlowSettings> flow() {
        Fairness fairness = flow.equals("off") || flow.equals("on")
                ? FlowSettings.DEFAULTS.fairness()
                : named("--flow", Fairness.class, flow);
        FlowBinding.When when = binding.isPresent()
                ? named("--binding", FlowBinding.When.class, binding.get())
                : flow.equals("off") || fairness == Fairness.NONE ? FlowBinding.When.EARLY : FlowBinding.When.LATE;
        if (flow.equals("off") && when == FlowBinding.When.EARLY) {
            return Optional.empty();
        }
        return Optional.of(FlowSettings.DEFAULTS
                .withFairness(fairness, Map.of())
                .withBinding(FlowBinding.EARLY.binding(when))
                .withTargets(targets(slo())));
    }

    private static FlowTargets targets(Slo slo) {
        Duration tpot = Duration.ofNanos(slo.tpotMicros() * NANOS_PER_MICRO);
        return slo.ttftMicros() == Slo.AUTO
                ? new FlowTargets(Duration.ofMillis(500), Duration.ofNanos(250_000), tpot)
                : new FlowTargets(Duration.ofNanos(slo.ttftMicros() * NANOS_PER_MICRO), Duration.ZERO, tpot);
    }

    private static <E extends Enum<E>> E named(String option, Class<E> kind, String name) {
        List<String> names = new ArrayList<>();
        for (E each : kind.getEnumConstants()) {
            String known = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (known.equals(name)) {
                return each;
            }
            names.add(known);
        }
        throw CommandException.wrongUse(option + ": " + name + " (expected: "
                + (option.equals("--flow") ? "off, on, " : "") + String.join(", ", names) + ")");
    }

    private EngineConstants engine() {
        EngineConstants changed = refusing("--engine", () -> EngineConstants.named(engine));
        for (String constant : constants) {
            String[] nameAndValue = constant.split("=", 2);
            EngineConstants before = changed;
            changed = refusing("--set", () -> before.with(nameAndValue[0].strip(), number(constant, nameAndValue)));
        }
        return changed;
    }

    private static double number(String constant, String[] nameAndValue) {
        try {
            return Double.parseDouble(nameAndValue.length == 2 ? nameAndValue[1].strip() : "");
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(constant + " (expected: NAME=NUMBER)", e);
        }
    }

    private Slo slo() {
        long ttft = Slo.DEFAULT.ttftMicros();
        long tpot = Slo.DEFAULT.tpotMicros();
        for (String part : slo.split(",", -1)) {
            String[] keyAndValue = part.strip().split("=", 2);
            String value = keyAndValue.length == 2 ? keyAndValue[1] : "";
            switch (keyAndValue[0]) {
                case "ttft" -> ttft = value.equals("auto") ? Slo.AUTO : micros("--slo", value);
                case "tpot" -> tpot = micros("--slo", value);
                default -> throw CommandException.wrongUse("--slo: " + part + " (expected: ttft=… or tpot=…)");
            }
        }
        return new Slo(ttft, tpot);
    }

    private static long micros(String option, String text) {
        return Quantity.duration(text)
                .map(Duration::toNanos)
                .map(nanos -> nanos / NANOS_PER_MICRO)
                .orElseThrow(() ->
                        CommandException.wrongUse(option + ": " + text + " (expected: a duration such as 50ms or 2s)"));
    }

    /** Returns the policies to compare. */
    List<PolicySpec> policies() {
        return refusing("--policy", () -> PolicySpec.parse(policies));
    }

    /** Returns the seeds of every policy. */
    LongStream seeds() {
        return LongStream.range(seed, seed + seeds);
    }

    /** Returns what policies are compared under: every input at every speed and age of signals. */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Workload workload : inputs()) {
            for (double speedup : speedups) {
                for (String age : signalAges) {
                    cells.add(new Cell(workload, speedup, micros("--signal-age", age)));
                }
            }
        }
        return cells;
    }

    private List<Workload> inputs() {
        if (files.isEmpty() == workloads.isEmpty()) {
            throw CommandException.wrongUse(
                    files.isEmpty()
                            ? "no input (expected: --trace FILE or --workload W1 to W9)"
                            : "--trace and --workload (expected: one of the two)");
        }
        boolean both = jitter.equals("both");
        Workloads known = new Workloads(traces(), reader(), both ? Spread.AUTO : spread());
        List<Workload> inputs = new ArrayList<>();
        try {
            if (!files.isEmpty()) {
                inputs.add(known.ofFiles(files));
            }
            workloads.forEach(name -> inputs.addAll(known.named(name)));
        } catch (BadTraceException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        if (both) {
            List<Workload> raw = inputs.stream()
                    .filter(input -> !input.jitter().equals(Spread.OFF))
                    .map(input -> input.spread(Spread.OFF, input.name() + " raw"))
                    .toList();
            inputs.addAll(raw);
        }
        return inputs;
    }

    private Optional<Path> traces() {
        return traces.or(
                () -> Optional.ofNullable(System.getenv("HEADGATE_TRACES")).map(Path::of));
    }

    private TraceFiles reader() {
        TraceFiles reader = TraceFiles.guessing();
        if (format.isPresent()) {
            reader = reader.as(TraceFormat.named(format.get())
                    .orElseThrow(() -> CommandException.wrongUse(
                            "--format: " + format.get() + " (expected: one of " + TraceFormat.names() + ")")));
        }
        if (fileBlock.isPresent()) {
            reader = reader.inUnitsOf(fileBlock.get());
        }
        return skipBad ? reader.skippingBadLines() : reader;
    }

    private Spread spread() {
        return switch (jitter) {
            case "auto" -> Spread.AUTO;
            case "off" -> Spread.OFF;
            default -> Spread.by(jitter, micros("--jitter", jitter));
        };
    }

    private static <T> T refusing(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse(option + ": " + e.getMessage());
        }
    }
}
