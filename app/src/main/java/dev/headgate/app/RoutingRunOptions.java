package dev.headgate.app;

import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.routing.Cell;
import dev.headgate.lab.routing.PolicySpec;
import dev.headgate.lab.routing.RunSettings;
import dev.headgate.lab.routing.RunSettings.Measuring;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a routing simulation runs: inputs, fleet, policies and seeds. */
final class RoutingRunOptions {
    @Mixin
    private TraceOptions requests = new TraceOptions();

    @Mixin
    private FlowOptions waiting = new FlowOptions();

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

    @Option(names = "--measure-router", description = "Report what a decision costs on this machine.")
    private boolean measures;

    @Option(names = "--charge-router", description = "Also let simulated time pass for it.")
    private boolean charges;

    /** Returns what all runs have in common. */
    RunSettings settings() {
        EngineConstants preset = engine();
        return new RunSettings(
                preset,
                OptionValue.refusing("--replicas", () -> Fleet.parse(replicas, engine)),
                waiting.slo(),
                routers,
                charges ? Measuring.CHARGED : measures ? Measuring.REPORTED : Measuring.OFF,
                new RouterSources()::create,
                waiting.flow());
    }

    private EngineConstants engine() {
        EngineConstants changed = OptionValue.refusing("--engine", () -> EngineConstants.named(engine));
        for (String constant : constants) {
            String[] nameAndValue = constant.split("=", 2);
            EngineConstants before = changed;
            changed = OptionValue.refusing(
                    "--set", () -> before.with(nameAndValue[0].strip(), number(constant, nameAndValue)));
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

    /** Returns the policies to compare. */
    List<PolicySpec> policies() {
        return OptionValue.refusing("--policy", () -> PolicySpec.parse(policies));
    }

    /** Returns the seeds of every policy. */
    LongStream seeds() {
        return LongStream.range(seed, seed + seeds);
    }

    /** Returns what policies are compared under: every input at every speed and age of signals. */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Workload workload : requests.inputs()) {
            for (double speedup : speedups) {
                for (String age : signalAges) {
                    cells.add(new Cell(workload, speedup, OptionValue.micros("--signal-age", age)));
                }
            }
        }
        return cells;
    }
}
