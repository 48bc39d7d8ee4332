package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RoutingReport.Capacity;
import dev.headgate.lab.routing.RoutingReport.Input;
import dev.headgate.lab.routing.RoutingReport.Result;
import dev.headgate.lab.routing.RoutingSimulation.Prefixes;
import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceFacts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * All runs of a report. Runs share the machine's cores and nothing else, so how many run at once changes no result.
 */
public final class Experiment {
    private static final double GOOD_ENOUGH = 90;
    private static final double CAPACITY_STEP = 1.02;
    private static final double FASTEST = 64;

    private final RunSettings settings;
    private final List<PolicySpec> policies;
    private final List<Long> seeds;
    private final Workers workers;
    private final Consumer<String> progress;
    private final List<String> violations = new ArrayList<>();
    private RunKeeper keeper = (cell, policy, seed, trace, log) -> {};

    /** Creates one of {@code policies} under seeds {@code firstSeed} and following. */
    public Experiment(
            RunSettings settings, List<PolicySpec> policies, LongStream seeds, int threads, Consumer<String> progress) {
        this.settings = settings;
        this.policies = List.copyOf(policies);
        this.seeds = seeds.boxed().toList();
        this.workers = new Workers(threads);
        this.progress = progress;
        // Parameters are refused before the first run instead of after hours.
        for (PolicySpec policy : policies) {
            if (!policy.name().equals(PolicySpec.ORACLE)) {
                new RouterProcess(settings, settings.sources(), policy, () -> 0, 1);
            }
        }
    }

    /** Has {@code other} shown every run. */
    public Experiment keeping(RunKeeper other) {
        keeper = other;
        return this;
    }

    /** Runs every policy in every cell. */
    public RoutingReport run(List<Cell> cells) {
        List<Input> inputs = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        for (Cell cell : cells) {
            RunSettings here = settingsFor(cell);
            Trace first = cell.workload().requests().apply(seeds.get(0));
            OfferedRequests offered = new OfferedRequests(first, here.engine(), here.fleet());
            if (offered.trace().size() == 0) {
                throw new BadTraceException(cell.workload().name() + ": no request left of " + first.size() + ", "
                        + offered.dropped() + " fit no replica (expected: at least one)");
            }
            refuseLongOracles(cell, offered.trace().size());
            inputs.add(new Input(cell, offered.dropped(), TraceFacts.of(first)));
            results.addAll(run(cell));
            check(cell, results);
        }
        return new RoutingReport(settings, inputs, results, List.of(), violations);
    }

    private void refuseLongOracles(Cell cell, int requests) {
        if (requests > OracleRouter.MOST_REQUESTS
                && policies.stream().anyMatch(policy -> policy.name().equals(PolicySpec.ORACLE))) {
            throw new BadTraceException("oracle: " + cell.workload().name() + " has " + requests
                    + " requests (expected: at most " + OracleRouter.MOST_REQUESTS + ", as it plays every future)");
        }
    }

    private RunSettings settingsFor(Cell cell) {
        RunSettings here = settings.holdingAdapters(cell.workload().adapters());
        return cell.workload().fleet().map(here::on).orElse(here);
    }

    private List<Result> run(Cell cell) {
        RunSettings here = settingsFor(cell);
        List<Offer> offers = workers.all(seeds.stream()
                .<Callable<Offer>>map(seed -> () -> offer(cell, here, seed))
                .toList());
        List<Callable<Outcome>> runs = new ArrayList<>();
        for (PolicySpec policy : policies) {
            offers.forEach(offer -> runs.add(() -> outcome(cell, here, policy, offer)));
        }
        List<Outcome> outcomes = workers.all(runs);
        List<Result> results = new ArrayList<>();
        for (int p = 0; p < policies.size(); p++) {
            List<Outcome> own = outcomes.subList(p * seeds.size(), (p + 1) * seeds.size());
            own.forEach(outcome -> outcome.violation.ifPresent(violations::add));
            results.add(result(
                    cell, policies.get(p), own, offers.get(0).requests.trace().size()));
        }
        return results;
    }

    private static Offer offer(Cell cell, RunSettings here, long seed) {
        Trace trace = cell.workload().offered(seed, cell.speedup());
        return new Offer(seed, new OfferedRequests(trace, here.engine(), here.fleet()));
    }

    private Outcome outcome(Cell cell, RunSettings here, PolicySpec policy, Offer offer) {
        Trace trace = offer.requests.trace();
        Optional<String> violation = Optional.empty();
        Optional<String> failure = Optional.empty();
        Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
        try {
            RunLog log = new RoutingSimulation(
                            offer.requests, Prefixes.SHOWN, cell.signalAgeMicros(), here, policy, offer.seed)
                    .run();
            RunChecks.check(trace, log);
            metrics = RunMetrics.of(trace, log, here.slo());
            failure = log.failure;
            keeper.ran(cell, policy, offer.seed, trace, log);
        } catch (IllegalStateException e) {
            violation =
                    Optional.of(cell.workload().name() + " " + policy + " seed " + offer.seed + ": " + e.getMessage());
        }
        progress.accept(cell.workload().name() + " x" + cell.speedup() + " " + policy + " seed " + offer.seed);
        return new Outcome(metrics, failure, violation);
    }

    private Result result(Cell cell, PolicySpec policy, List<Outcome> outcomes, int requests) {
        Map<Metric, double[]> metrics = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            metrics.put(
                    metric,
                    outcomes.stream()
                            .mapToDouble(outcome -> outcome.metrics.getOrDefault(metric, Double.NaN))
                            .toArray());
        }
        Optional<String> failure =
                outcomes.stream().flatMap(outcome -> outcome.failure.stream()).findFirst();
        return new Result(cell, policy, seeds, requests, metrics, failure);
    }

    private void check(Cell cell, List<Result> results) {
        List<PolicySpec> sound = results.stream()
                .filter(result -> result.cell().equals(cell) && result.failure().isEmpty())
                .map(Result::policy)
                .toList();
        if (sound.isEmpty() || settings.measuring() == RunSettings.Measuring.CHARGED) {
            return;
        }
        SampledChecks checks = new SampledChecks(settingsFor(cell), cell, seeds.get(0));
        try {
            workers.all(sound.stream()
                            .<Callable<List<String>>>map(policy -> () -> checks.violations(policy))
                            .toList())
                    .forEach(violations::addAll);
            violations.addAll(checks.onOneReplica(sound));
        } catch (IllegalStateException e) {
            violations.add(cell.workload().name() + " seed " + seeds.get(0) + ": " + e.getMessage());
        }
    }

    /** Returns how much each policy bears under the workload of {@code cell}, by bisection to 2 %. */
    public List<Capacity> capacities(Cell cell) {
        List<Capacity> capacities = new ArrayList<>();
        for (PolicySpec policy : policies) {
            double good = 0;
            double bad = 1;
            while (bad <= FASTEST && isGood(cell.at(bad), policy)) {
                good = bad;
                bad *= 2;
            }
            if (good == 0) {
                good = bad / 2;
                while (good > 1 / FASTEST && !isGood(cell.at(good), policy)) {
                    bad = good;
                    good /= 2;
                }
            }
            boolean isBound = bad > FASTEST;
            while (!isBound && bad > good * CAPACITY_STEP) {
                double middle = Math.sqrt(good * bad);
                if (isGood(cell.at(middle), policy)) {
                    good = middle;
                } else {
                    bad = middle;
                }
            }
            capacities.add(new Capacity(cell.workload().name(), policy, good, isBound));
        }
        return capacities;
    }

    private boolean isGood(Cell cell, PolicySpec policy) {
        RunSettings here = settingsFor(cell);
        double goodput = Statistics.mean(workers
                .all(seeds.stream()
                        .<Callable<Outcome>>map(seed -> () -> outcome(cell, here, policy, offer(cell, here, seed)))
                        .toList())
                .stream()
                .mapToDouble(outcome -> outcome.metrics.getOrDefault(Metric.GOODPUT, Double.NaN))
                .toArray());
        return goodput >= GOOD_ENOUGH;
    }

    /** Is shown every run, from several threads. */
    @FunctionalInterface
    public interface RunKeeper {
        /** A run is over. */
        void ran(Cell cell, PolicySpec policy, long seed, Trace trace, RunLog log);
    }

    private record Offer(long seed, OfferedRequests requests) {}

    private record Outcome(Map<Metric, Double> metrics, Optional<String> failure, Optional<String> violation) {}
}
