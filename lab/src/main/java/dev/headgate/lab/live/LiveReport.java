package dev.headgate.lab.live;

import dev.headgate.lab.routing.Metric;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Real time and simulated time side by side.
 *
 * @param workload what was asked
 * @param policy who chose
 * @param engine the preset of the replicas
 * @param replicas how many there were
 * @param speedup what arrivals were divided by
 * @param requests of the longest run
 * @param seconds within which they came
 * @param seeds one run each
 * @param tolerance the largest relative error that is close
 * @param rows one per metric
 * @param overheads one per run
 */
public record LiveReport(
        String workload,
        String policy,
        String engine,
        int replicas,
        double speedup,
        int requests,
        long seconds,
        List<Long> seeds,
        double tolerance,
        List<Row> rows,
        List<Overheads> overheads) {
    /** What is reported, and whether it must be close: simulator.md §12. */
    static final Map<Metric, Boolean> METRICS = metrics();

    public LiveReport {
        seeds = List.copyOf(seeds);
        rows = List.copyOf(rows);
        overheads = List.copyOf(overheads);
    }

    /** Returns whether every metric that must be close is. */
    public boolean isClose() {
        return rows.stream().filter(Row::isJudged).allMatch(row -> Math.abs(row.error()) <= tolerance);
    }

    private static Map<Metric, Boolean> metrics() {
        Map<Metric, Boolean> metrics = new LinkedHashMap<>();
        metrics.put(Metric.GOODPUT, true);
        metrics.put(Metric.TTFT_P50, true);
        metrics.put(Metric.TTFT_P90, true);
        metrics.put(Metric.TTFT_P99, false);
        metrics.put(Metric.TPOT_P50, true);
        metrics.put(Metric.TPOT_P90, false);
        metrics.put(Metric.E2E_P50, false);
        metrics.put(Metric.E2E_P90, false);
        metrics.put(Metric.HIT, false);
        metrics.put(Metric.IMBALANCE, false);
        metrics.put(Metric.UTILISATION, false);
        metrics.put(Metric.COMPLETED, false);
        return Collections.unmodifiableMap(metrics);
    }

    /**
     * A metric.
     *
     * @param metric its name in simulator.md §9
     * @param isJudged whether it must be close
     * @param live its value in each run, as callers saw it
     * @param atEngines its value in each run where answers were made, with the API delay and nothing else of the way
     * @param simulated its value in each simulation, in the same order
     */
    public record Row(
            String metric, boolean isJudged, List<Double> live, List<Double> atEngines, List<Double> simulated) {
        public Row {
            live = List.copyOf(live);
            atEngines = List.copyOf(atEngines);
            simulated = List.copyOf(simulated);
        }

        /** Returns the mean over runs in real time. */
        public double liveMean() {
            return mean(live);
        }

        /** Returns the mean over runs in real time, at the engines. */
        public double enginesMean() {
            return mean(atEngines);
        }

        /** Returns the mean over simulations. */
        public double simulatedMean() {
            return mean(simulated);
        }

        /** Returns how much larger the first is than the second, as a share of the second; 0 if both are 0. */
        public double error() {
            double expected = simulatedMean();
            double difference = liveMean() - expected;
            return difference == 0 ? 0 : difference / expected;
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
    }
}
