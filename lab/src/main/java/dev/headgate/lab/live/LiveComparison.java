package dev.headgate.lab.live;

import dev.headgate.lab.routing.Cell;
import dev.headgate.lab.routing.Experiment;
import dev.headgate.lab.routing.Metric;
import dev.headgate.lab.routing.RoutingReport;
import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The same requests in real time and in simulated time, seed by seed: the same policy, engines, arrivals and lengths. What
 * differs is the real way and chance, so distributions are compared and not single choices.
 */
public final class LiveComparison {
    /** No engine reports while a run lasts: simulated routers are told at its begin that nobody waits. */
    private static final long NO_REPORTS_MICROS = 1_000_000_000_000_000L;

    private static final long NANOS_PER_MICRO = 1_000;

    private final LiveSettings settings;
    private final LiveGateway gateways;
    private final Consumer<String> progress;

    /** Creates one whose gateways come from {@code gateways}; {@code progress} is told a line before each run. */
    public LiveComparison(LiveSettings settings, LiveGateway gateways, Consumer<String> progress) {
        this.settings = settings;
        this.gateways = gateways;
        this.progress = progress;
    }

    /**
     * Plays all seeds.
     *
     * @throws BadTraceException if no request is left, or one fits no replica
     * @throws IOException if a run could not be played
     * @throws IllegalStateException if the simulation broke one of its laws
     */
    public LiveReport run() throws IOException, InterruptedException {
        Workload offered = offered();
        RoutingReport simulated = simulated(offered);
        List<LiveRun.Result> live = new ArrayList<>();
        int requests = 0;
        for (long seed : settings.seeds()) {
            Trace trace = offered.requests().apply(seed);
            requests = Math.max(requests, trace.size());
            progress.accept("seed " + seed + ": " + trace.size() + " requests in "
                    + settings.length().toSeconds() + " s, "
                    + settings.run().fleet().size() + " replicas");
            live.add(new LiveRun(settings, gateways).play(trace, seed));
        }
        return report(requests, live, simulated.results().getFirst());
    }

    /** Returns the requests as they are offered, with nothing left to be done to them. */
    private Workload offered() {
        long most = settings.length().toNanos() / NANOS_PER_MICRO;
        int blockTokens = settings.run().engine().limits().blockTokens();
        Workload whole = settings.workload();
        return new Workload(
                whole.name(),
                whole.format(),
                whole.sha256(),
                seed -> {
                    Trace trace = whole.offered(seed, settings.speedup());
                    return trace.keep(r -> trace.arrival(r) < most).cutFor(blockTokens);
                },
                Spread.OFF,
                Optional.empty(),
                0,
                whole.notes());
    }

    private RoutingReport simulated(Workload offered) {
        Experiment experiment = new Experiment(
                settings.run(),
                List.of(settings.policy()),
                settings.seeds().stream().mapToLong(Long::longValue),
                1,
                line -> {});
        RoutingReport report = experiment.run(List.of(new Cell(offered, 1, NO_REPORTS_MICROS)));
        if (!report.isClean()) {
            throw new IllegalStateException("the simulation failed: " + report.violations());
        }
        int dropped = report.inputs().getFirst().dropped();
        if (dropped > 0) {
            throw new BadTraceException(offered.name() + ": " + dropped + " requests fit no replica (expected: none)");
        }
        return report;
    }

    private LiveReport report(int requests, List<LiveRun.Result> live, RoutingReport.Result simulated) {
        List<LiveReport.Row> rows = new ArrayList<>();
        for (Map.Entry<Metric, Boolean> metric : LiveReport.METRICS.entrySet()) {
            rows.add(new LiveReport.Row(
                    metric.getKey().toString(),
                    metric.getValue(),
                    values(live, LiveRun.Result::metrics, metric.getKey()),
                    values(live, LiveRun.Result::atEngines, metric.getKey()),
                    Arrays.stream(simulated.values(metric.getKey())).boxed().toList()));
        }
        return new LiveReport(
                settings.workload().name(),
                settings.policy().toString(),
                settings.run().engine().preset(),
                settings.run().fleet().size(),
                settings.speedup(),
                requests,
                settings.length().toSeconds(),
                settings.seeds(),
                settings.tolerance(),
                rows,
                live.stream().map(LiveRun.Result::overheads).toList());
    }

    private static List<Double> values(
            List<LiveRun.Result> runs, Function<LiveRun.Result, Map<Metric, Double>> metrics, Metric metric) {
        return runs.stream().map(run -> metrics.apply(run).get(metric)).toList();
    }
}
