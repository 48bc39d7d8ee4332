package dev.headgate.lab.routing;

import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.routing.RunLog.Ending;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.LongStream;

/** Makes the metrics of one run out of its log, simulator.md §7. */
public final class RunMetrics {
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;

    private final Trace trace;
    private final RunLog log;
    private final Slo slo;
    private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

    private RunMetrics(Trace trace, RunLog log, Slo slo) {
        this.trace = trace;
        this.log = log;
        this.slo = slo;
    }

    /**
     * Returns the metrics of a run that was measured: those of routers are NaN, and a request without an end has failed.
     *
     * @param trace what was asked
     * @param states when each request came, had its first token and was done, and what it found cached
     * @param busyMicros how long each replica computed
     * @param preemptions how often a request had to start over
     * @param slo what a good answer keeps
     */
    public static Map<Metric, Double> measured(
            Trace trace, RequestStates states, long[] busyMicros, long preemptions, Slo slo) {
        RunLog log = new RunLog(trace.size(), states);
        for (int r = 0; r < trace.size(); r++) {
            log.endings[r] = states.done[r] >= 0 ? Ending.DONE : Ending.FAILED;
        }
        log.busyMicros = busyMicros.clone();
        log.preemptions = preemptions;
        return of(trace, log, slo);
    }

    /** Returns all metrics; those that do not apply are NaN. */
    static Map<Metric, Double> of(Trace trace, RunLog log, Slo slo) {
        RunMetrics metrics = new RunMetrics(trace, log, slo);
        for (Metric metric : Metric.values()) {
            metrics.values.put(metric, Double.NaN);
        }
        metrics.latencies();
        metrics.fleet();
        metrics.ends();
        metrics.router();
        metrics.values.put(Metric.JAIN, Fairness.jain(trace, log));
        return metrics.values;
    }

    private void latencies() {
        int n = trace.size();
        double[] ttft = new double[n];
        double[] tpot = new double[n];
        double[] whole = new double[n];
        int done = 0;
        int good = 0;
        for (int r = 0; r < n; r++) {
            if (log.endings[r] != Ending.DONE) {
                continue;
            }
            double first = log.states.first[r] - log.states.arrived[r];
            int output = trace.output(r);
            double each = output <= 1 ? 0 : (double) (log.states.done[r] - log.states.first[r]) / (output - 1);
            good += slo.isMet(trace.input(r), first, each) ? 1 : 0;
            ttft[done] = first / MICROS_PER_MILLI;
            tpot[done] = each / MICROS_PER_MILLI;
            whole[done++] = (log.states.done[r] - log.states.arrived[r]) / MICROS_PER_MILLI;
        }
        values.put(Metric.GOODPUT, 100.0 * good / n);
        values.put(Metric.GOOD_PER_SECOND, good / Math.max(1e-6, spanSeconds()));
        put(Metric.TTFT_P50.group(), Arrays.copyOf(ttft, done));
        put(Metric.TPOT_P50.group(), Arrays.copyOf(tpot, done));
        put(Metric.E2E_P50.group(), Arrays.copyOf(whole, done));
    }

    private void put(String group, double[] millis) {
        Arrays.sort(millis);
        for (Metric metric : Metric.values()) {
            if (metric.group().equals(group)) {
                values.put(metric, summary(metric.part(), millis));
            }
        }
    }

    private static double summary(String part, double[] sorted) {
        return switch (part) {
            case "p50" -> Statistics.percentile(sorted, 0.50);
            case "p90" -> Statistics.percentile(sorted, 0.90);
            case "p99" -> Statistics.percentile(sorted, 0.99);
            default -> Statistics.mean(sorted);
        };
    }

    private void fleet() {
        long cached = 0;
        long prompts = 0;
        for (int r = 0; r < trace.size(); r++) {
            if (log.states.scheduled[r] >= 0) {
                cached += log.states.cachedTokens[r];
                prompts += trace.input(r);
            }
        }
        values.put(Metric.HIT, prompts == 0 ? 0 : 100.0 * cached / prompts);
        double mean = LongStream.of(log.busyMicros).average().orElse(0);
        values.put(
                Metric.IMBALANCE,
                mean == 0 ? 1 : LongStream.of(log.busyMicros).max().orElse(0) / mean);
        values.put(Metric.UTILISATION, mean / MICROS_PER_SECOND / Math.max(1e-6, spanSeconds()));
        values.put(Metric.PREEMPTIONS, (double) log.preemptions);
        values.put(Metric.MAKESPAN, spanSeconds());
    }

    private void ends() {
        values.put(Metric.COMPLETED, count(Ending.DONE));
        values.put(Metric.REFUSED, count(Ending.REFUSED));
        values.put(Metric.FAILED, count(Ending.FAILED) + count(Ending.EXPIRED));
        values.put(Metric.RETRIES, (double) Arrays.stream(log.retries).sum());
    }

    private double count(Ending ending) {
        return Arrays.stream(log.endings).filter(end -> end == ending).count();
    }

    private void router() {
        double[] waits = new double[trace.size()];
        int count = 0;
        for (int r = 0; r < waits.length; r++) {
            if (log.granted[r] >= 0) {
                waits[count++] = (log.granted[r] - log.states.arrived[r]) / MICROS_PER_MILLI;
            }
        }
        double[] sorted = Arrays.copyOf(waits, count);
        Arrays.sort(sorted);
        values.put(Metric.WAIT_P50, Statistics.percentile(sorted, 0.50));
        values.put(Metric.WAIT_P99, Statistics.percentile(sorted, 0.99));
        if (log.decisionNanos.length > 0) {
            double[] micros = Arrays.stream(log.decisionNanos)
                    .mapToDouble(nanos -> nanos / 1e3)
                    .sorted()
                    .toArray();
            values.put(Metric.DECISION_P50, Statistics.percentile(micros, 0.50));
            values.put(Metric.DECISION_P99, Statistics.percentile(micros, 0.99));
            values.put(Metric.ALLOCATED, (double) log.allocatedBytes / micros.length);
        }
    }

    private double spanSeconds() {
        long first =
                Arrays.stream(log.states.arrived).filter(at -> at >= 0).min().orElse(0);
        long last = Arrays.stream(log.states.done).max().orElse(0);
        return Math.max(0, last - first) / MICROS_PER_SECOND;
    }
}
