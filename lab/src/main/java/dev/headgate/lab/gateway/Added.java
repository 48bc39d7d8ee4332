package dev.headgate.lab.gateway;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.headgate.lab.load.Latencies;
import java.util.ArrayList;
import java.util.List;

/**
 * Microseconds that an entrant adds to a request's latency: percentiles through it less those of the same round straight to
 * the upstream, the median of the rounds.
 */
@JsonPropertyOrder({"p50", "p99", "p999", "requests", "errors"})
public record Added(double p50, double p99, double p999, long requests, long errors) {
    /** Compares rounds pairwise. */
    static Added of(List<Latencies> through, List<Latencies> direct) {
        return new Added(
                added(through, direct, 0.5),
                added(through, direct, 0.99),
                added(through, direct, 0.999),
                through.stream().mapToLong(Latencies::count).sum(),
                through.stream().mapToLong(Latencies::errors).sum());
    }

    private static double added(List<Latencies> through, List<Latencies> direct, double quantile) {
        List<Double> differences = new ArrayList<>();
        for (int round = 0; round < through.size(); round++) {
            differences.add(
                    through.get(round).micros(quantile) - direct.get(round).micros(quantile));
        }
        return Cost.median(differences.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
