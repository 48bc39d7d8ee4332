package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.headgate.core.place.PlacementSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The same requests under several policies and seeds, in simulated time.
 *
 * @param rows one report per policy and seed, in that order
 * @param summary the means by policy
 */
@JsonPropertyOrder({"rows", "summary"})
public record DispatchComparison(List<DispatchReport> rows, List<Summary> summary) {
    public DispatchComparison {
        rows = List.copyOf(rows);
        summary = List.copyOf(summary);
    }

    /** Runs {@code workload} under each policy with the seeds {@code firstSeed} and following; the runs share the cores. */
    public static DispatchComparison run(
            DispatchWorkload workload, List<String> policies, PlacementSettings settings, long firstSeed, int seeds) {
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds: " + seeds + " (expected: >= 1)");
        }
        List<DispatchReport> rows = new ArrayList<>();
        for (String policy : policies) {
            rows.addAll(LongStream.range(firstSeed, firstSeed + seeds)
                    .parallel()
                    .mapToObj(seed -> DispatchSimulation.run(workload, policy, settings, seed))
                    .toList());
        }
        return of(rows);
    }

    /** Compares the reports of runs, in the order of their policies' first appearance. */
    public static DispatchComparison of(List<DispatchReport> runs) {
        Map<String, List<DispatchReport>> byPolicy = runs.stream()
                .collect(Collectors.groupingBy(run -> run.config().policy(), LinkedHashMap::new, Collectors.toList()));
        List<DispatchReport> rows = new ArrayList<>();
        List<Summary> summary = new ArrayList<>();
        byPolicy.forEach((policy, ofPolicy) -> {
            rows.addAll(ofPolicy);
            summary.add(Summary.of(policy, ofPolicy));
        });
        return new DispatchComparison(rows, summary);
    }

    /** Returns the means of {@code policy}; throws {@link IllegalArgumentException} if it was not run. */
    public Summary of(String policy) {
        return summary.stream()
                .filter(means -> means.policy().equals(policy))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("policy: " + policy + " (it was not run)"));
    }

    /**
     * The means over the seeds of one policy.
     *
     * @param policy its name
     * @param misses loads made for waiting work
     * @param runtimeSeconds load and run per request
     * @param perSecond completed requests per second
     * @param endToEnd the mean of each quantile
     */
    @JsonPropertyOrder({"policy", "misses", "runtimeSeconds", "perSecond", "endToEnd"})
    public record Summary(
            String policy, double misses, double runtimeSeconds, double perSecond, DispatchReport.Latency endToEnd) {
        private static Summary of(String policy, List<DispatchReport> runs) {
            return new Summary(
                    policy,
                    mean(runs, DispatchReport::misses),
                    mean(runs, DispatchReport::runtimeSeconds),
                    mean(runs, DispatchReport::perSecond),
                    new DispatchReport.Latency(
                            mean(runs, run -> run.endToEnd().mean()),
                            mean(runs, run -> run.endToEnd().p50()),
                            mean(runs, run -> run.endToEnd().p95()),
                            mean(runs, run -> run.endToEnd().p99()),
                            mean(runs, run -> run.endToEnd().max())));
        }

        private static double mean(List<DispatchReport> runs, ToDoubleFunction<DispatchReport> figure) {
            return runs.stream().mapToDouble(figure).average().orElse(0);
        }
    }
}
