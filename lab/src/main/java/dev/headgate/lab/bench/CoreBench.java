package dev.headgate.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link CoreBenchmarks}, {@link PolicyBenchmarks}, {@link SignalBenchmarks} and {@link ClientBenchmarks} and holds the figures against their
 * targets, performance.md P7, dispatch.md §15, routing.md §12 and gateway.md §19.
 */
public final class CoreBench {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final double NO_TARGET = Double.NaN;

    /** The profiler counts its own allocations too, as fractions of a byte. */
    private static final double LESS_THAN_AN_OBJECT = 8;

    /** The targets by method; the decision's is for its 99th percentile. */
    private static final Map<String, Target> TARGETS = Map.ofEntries(
            Map.entry("pickOf16", new Target(1_000, 64)),
            Map.entry("pickOf1000", new Target(20_000, NO_TARGET)),
            Map.entry("decideWith10000Waiting", new Target(100_000, NO_TARGET)),
            Map.entry("decideWith10000WaitingAndOverlap", new Target(100_000, NO_TARGET)),
            Map.entry("p2c/16", new Target(300, LESS_THAN_AN_OBJECT)),
            Map.entry("leastRequest/16", new Target(300, LESS_THAN_AN_OBJECT)),
            Map.entry("gie/16", new Target(1_000, LESS_THAN_AN_OBJECT)),
            Map.entry("fourScorers/1000", new Target(20_000, LESS_THAN_AN_OBJECT)),
            Map.entry("marginalCostWithLookup/16", new Target(12_000, LESS_THAN_AN_OBJECT)),
            Map.entry("lookupOf188Blocks/16", new Target(188 * 40, LESS_THAN_AN_OBJECT)),
            Map.entry("lookupOf188Blocks/128", new Target(188 * 40, LESS_THAN_AN_OBJECT)),
            Map.entry("lookupOf188Blocks/1000", new Target(188 * 40, LESS_THAN_AN_OBJECT)),
            Map.entry("clientCall", new Target(25_000, 4_096)),
            Map.entry("hash400Kilobytes", new Target(400_000, LESS_THAN_AN_OBJECT)));

    private CoreBench() {}

    /** Runs every benchmark and prints a table or a JSON document. */
    public static void run(Settings settings, PrintStream out) {
        List<Figure> figures = figures(measure(settings));
        out.print(settings.json() ? json(figures) : table(figures));
        out.flush();
    }

    /**
     * How to run.
     *
     * @param json whether to print JSON instead of a table
     * @param quick whether to measure for seconds rather than minutes: to see that it works, no figures to quote
     */
    public record Settings(boolean json, boolean quick) {}

    /**
     * One measured figure.
     *
     * @param name the benchmark's method
     * @param nanos mean time of one operation
     * @param p99Nanos the 99th percentile, equal to the mean where only that was measured
     * @param allocatedBytes bytes allocated per operation
     * @param targetNanos what the time, or the percentile, is held against; NaN if there is no target
     * @param targetBytes what the bytes are held against; NaN if there is no target
     * @param isMet whether it meets its targets
     */
    public record Figure(
            String name,
            double nanos,
            double p99Nanos,
            double allocatedBytes,
            double targetNanos,
            double targetBytes,
            boolean isMet) {}

    private static Collection<RunResult> measure(Settings settings) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + CoreBenchmarks.class.getName() + "\\.")
                .include("^" + PolicyBenchmarks.class.getName() + "\\.")
                .include("^" + SignalBenchmarks.class.getName() + "\\.")
                .include("^" + ClientBenchmarks.class.getName() + "\\.")
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow")
                .forks(settings.quick() ? 1 : 2)
                .warmupIterations(settings.quick() ? 1 : 3)
                .measurementIterations(settings.quick() ? 1 : 5)
                .warmupTime(settings.quick() ? TimeValue.milliseconds(500) : TimeValue.seconds(1))
                .measurementTime(settings.quick() ? TimeValue.milliseconds(500) : TimeValue.seconds(1));
        try {
            return new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("the benchmarks did not run", e);
        }
    }

    private static List<Figure> figures(Collection<RunResult> results) {
        return results.stream().map(CoreBench::figure).toList();
    }

    private static Figure figure(RunResult result) {
        String method = result.getParams().getBenchmark();
        StringBuilder label = new StringBuilder(method.substring(method.lastIndexOf('.') + 1));
        for (String key : result.getParams().getParamsKeys()) {
            label.append('/').append(result.getParams().getParam(key));
        }
        String name = label.toString();
        Target target = TARGETS.getOrDefault(name, new Target(NO_TARGET, NO_TARGET));
        double nanos = result.getPrimaryResult().getScore();
        boolean isSampled = result.getParams().getMode() == Mode.SampleTime;
        double p99 = isSampled ? result.getPrimaryResult().getStatistics().getPercentile(99) : nanos;
        Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        double bytes = allocated == null ? Double.NaN : allocated.getScore();
        boolean isMet = !(p99 > target.nanos()) && !(bytes > target.bytes());
        return new Figure(name, nanos, p99, bytes, target.nanos(), target.bytes(), isMet);
    }

    static String table(List<Figure> figures) {
        StringBuilder table = new StringBuilder();
        row(table, "figure", "mean ns", "p99 ns", "B/op", "target ns", "target B", "met?");
        for (Figure f : figures) {
            boolean hasTarget = !Double.isNaN(f.targetNanos()) || !Double.isNaN(f.targetBytes());
            row(
                    table,
                    f.name(),
                    number(f.nanos()),
                    number(f.p99Nanos()),
                    number(f.allocatedBytes()),
                    number(f.targetNanos()),
                    number(f.targetBytes()),
                    hasTarget ? (f.isMet() ? "yes" : "NO") : "");
        }
        return table.toString();
    }

    static String json(List<Figure> figures) {
        try {
            return JSON.writeValueAsString(Map.of("figures", figures)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("figures that are no JSON: " + figures, e);
        }
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.0f", value);
    }

    private static void row(StringBuilder table, Object... cells) {
        table.append(String.format(Locale.ROOT, "%-34s %12s %12s %10s %12s %10s %5s", cells)
                        .stripTrailing())
                .append('\n');
    }

    private record Target(double nanos, double bytes) {}
}
