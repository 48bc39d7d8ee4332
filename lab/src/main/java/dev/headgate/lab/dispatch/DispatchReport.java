package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Map;

/**
 * What came out of one run, dispatch.md §14.
 *
 * @param config policy, seed, engine and workload
 * @param misses loads made for waiting work
 * @param missesByCause the same by cause
 * @param completed requests with a result
 * @param failed requests without
 * @param runtimeSeconds mean of load and run per completed request, without queueing
 * @param endToEnd seconds from sending to the answer
 * @param perSecond completed requests per second
 * @param minMisses misses of clairvoyant MIN over the pooled slots on the order of arrival
 * @param lruMisses misses of pooled LRU on it
 * @param redelivered attempts beyond the first
 */
@JsonPropertyOrder({
    "config",
    "misses",
    "missesByCause",
    "completed",
    "failed",
    "runtimeSeconds",
    "endToEnd",
    "perSecond",
    "minMisses",
    "lruMisses",
    "redelivered"
})
public record DispatchReport(
        Config config,
        int misses,
        Map<String, Integer> missesByCause,
        int completed,
        int failed,
        double runtimeSeconds,
        Latency endToEnd,
        double perSecond,
        int minMisses,
        int lruMisses,
        int redelivered) {
    /** What was run. */
    public record Config(String policy, long seed, String engine, DispatchWorkload workload) {}

    /** Seconds. */
    public record Latency(double mean, double p50, double p95, double p99, double max) {
        /** Summarises {@code seconds}; all zero if there are none. */
        public static Latency of(double[] seconds) {
            if (seconds.length == 0) {
                return new Latency(0, 0, 0, 0, 0);
            }
            double[] sorted = seconds.clone();
            Arrays.sort(sorted);
            double mean = Arrays.stream(sorted).sum() / sorted.length;
            return new Latency(
                    mean,
                    quantile(sorted, 0.50),
                    quantile(sorted, 0.95),
                    quantile(sorted, 0.99),
                    sorted[sorted.length - 1]);
        }

        private static double quantile(double[] sorted, double q) {
            return sorted[
                    Math.min(
                            sorted.length - 1,
                            (int) Math.ceil(q * sorted.length) - 1 < 0 ? 0 : (int) Math.ceil(q * sorted.length) - 1)];
        }
    }
}
