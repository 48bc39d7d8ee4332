package dev.headgate.lab.routing;

import dev.headgate.lab.trace.TraceFacts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came out of an experiment.
 *
 * @param settings what all runs had in common
 * @param inputs what was offered
 * @param results one per cell and policy, in this order
 * @param capacities how much each policy bears, if that was asked
 * @param violations invariants that did not hold, a sentence each
 */
public record RoutingReport(
        RunSettings settings,
        List<Input> inputs,
        List<Result> results,
        List<Capacity> capacities,
        List<String> violations) {
    /** How many invariants are checked. */
    public static final int INVARIANTS = 12;

    public RoutingReport {
        inputs = List.copyOf(inputs);
        results = List.copyOf(results);
        capacities = List.copyOf(capacities);
        violations = List.copyOf(violations);
    }

    /** Returns whether every invariant held and every policy chose by itself. */
    public boolean isClean() {
        return violations.isEmpty()
                && results.stream().allMatch(result -> result.failure().isEmpty());
    }

    /**
     * What was offered.
     *
     * @param cell the workload
     * @param dropped requests that fit no replica
     * @param facts about the file, or the first seed
     */
    public record Input(Cell cell, int dropped, TraceFacts facts) {}

    /**
     * A policy in a cell.
     *
     * @param cell the cell
     * @param policy the policy
     * @param seeds of its runs
     * @param requests of one run
     * @param metrics one value per seed
     * @param failure why the policy was not always the one that chose
     */
    public record Result(
            Cell cell,
            PolicySpec policy,
            List<Long> seeds,
            int requests,
            Map<Metric, double[]> metrics,
            Optional<String> failure) {
        /** Returns the values of {@code metric}, one per seed. */
        public double[] values(Metric metric) {
            return metrics.getOrDefault(metric, new double[0]).clone();
        }

        /** Returns the mean of {@code metric}. */
        public double mean(Metric metric) {
            return Statistics.mean(values(metric));
        }
    }

    /**
     * The highest speed at which nine of ten answers are good.
     *
     * @param workload under which
     * @param policy of whom
     * @param speedup how fast; at least that if {@code isBound}
     * @param isBound whether more was not tried
     */
    public record Capacity(String workload, PolicySpec policy, double speedup, boolean isBound) {}

    /**
     * Two policies under the same seeds.
     *
     * @param a one
     * @param b the other
     * @param differences of a − b by seed
     */
    public record Pair(Result a, Result b, List<Double> differences) {
        public Pair {
            differences = List.copyOf(differences);
        }

        /** Pairs two results of one cell by {@code metric}. */
        public static Pair of(Result a, Result b, Metric metric) {
            double[] differences = a.values(metric);
            double[] others = b.values(metric);
            for (int i = 0; i < differences.length; i++) {
                differences[i] -= others[i];
            }
            return new Pair(a, b, Arrays.stream(differences).boxed().toList());
        }

        /** Returns the mean difference. */
        public double mean() {
            return Statistics.mean(values());
        }

        /** Returns half the width of its 95 % interval, NaN with one seed. */
        public double halfWidth() {
            return Statistics.halfWidth95(values());
        }

        /** Returns under how many seeds a has more. */
        public int better() {
            return (int)
                    differences.stream().filter(difference -> difference > 0).count();
        }

        private double[] values() {
            return differences.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /** Returns this report with {@code found} capacities. */
    public RoutingReport with(List<Capacity> found) {
        return new RoutingReport(settings, inputs, results, found, violations);
    }

    /** Returns the results of {@code cell}, in the order of policies. */
    public List<Result> of(Cell cell) {
        return results.stream().filter(result -> result.cell().equals(cell)).toList();
    }

    /** Returns the cells, in order. */
    public List<Cell> cells() {
        return results.stream().map(Result::cell).distinct().toList();
    }

    /** Returns the peer with the highest goodput in {@code cell}, the first of equals; empty if no peer was run. */
    public Optional<Result> bestPeer(Cell cell) {
        return of(cell).stream()
                .filter(result -> result.policy().isPeer())
                .reduce((a, b) -> b.mean(Metric.GOODPUT) > a.mean(Metric.GOODPUT) ? b : a);
    }

    /** Returns how far {@code result} is behind the best policy of its cell, in points of goodput. */
    public double regret(Result result) {
        double best = of(result.cell()).stream()
                .filter(other -> !other.policy().name().equals(PolicySpec.ORACLE))
                .mapToDouble(other -> other.mean(Metric.GOODPUT))
                .max()
                .orElse(Double.NaN);
        return best - result.mean(Metric.GOODPUT);
    }
}
