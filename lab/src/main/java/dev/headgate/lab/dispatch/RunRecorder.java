package dev.headgate.lab.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the results of one run and makes its report. Not thread-safe. */
public final class RunRecorder {
    private final List<Integer> arrivals = new ArrayList<>();
    private final List<Double> endToEnd = new ArrayList<>();
    private final Map<String, Integer> missesByCause = new TreeMap<>();
    private double runtimeSum;
    private int failed;
    private int redelivered;

    /** A request for label number {@code label} was sent. */
    public void arrived(int label) {
        arrivals.add(label);
    }

    /** A load was made for waiting work. */
    public void missed(String cause) {
        missesByCause.merge(cause, 1, Integer::sum);
    }

    /** A request was answered. */
    public void completed(double endToEndSeconds, double runtimeSeconds, int attempts) {
        endToEnd.add(endToEndSeconds);
        runtimeSum += runtimeSeconds;
        redelivered += attempts - 1;
    }

    /** A request failed. */
    public void failed() {
        failed++;
    }

    /** Returns the requests that ended. */
    public int ended() {
        return endToEnd.size() + failed;
    }

    /** Makes the report of a run that took {@code elapsedSeconds} with {@code slots} places for models. */
    public DispatchReport report(DispatchReport.Config config, double elapsedSeconds, int slots) {
        int completed = endToEnd.size();
        return new DispatchReport(
                config,
                missesByCause.values().stream().mapToInt(Integer::intValue).sum(),
                missesByCause,
                completed,
                failed,
                completed == 0 ? 0 : runtimeSum / completed,
                DispatchReport.Latency.of(
                        endToEnd.stream().mapToDouble(Double::doubleValue).toArray()),
                elapsedSeconds == 0 ? 0 : completed / elapsedSeconds,
                CacheBounds.min(arrivals, slots),
                CacheBounds.lru(arrivals, slots),
                redelivered);
    }
}
