package dev.headgate.lab.gateway;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CPU time for a request, or for an event of a stream, over all rounds.
 *
 * @param units how many were served
 * @param errors how many were not, or wrongly
 * @param perSecond median of units a second
 * @param micros median of microseconds for one
 * @param minMicros the least
 * @param maxMicros the most
 * @param toNginx median of the ratio to nginx in the same round; null if nginx was not measured
 */
@JsonPropertyOrder({"units", "errors", "perSecond", "micros", "minMicros", "maxMicros", "toNginx"})
public record Cost(
        long units,
        long errors,
        double perSecond,
        double micros,
        double minMicros,
        double maxMicros,
        @Nullable Double toNginx) {
    /** Sums up {@code samples}; {@code nginx} are those of the same rounds, or none. */
    static Cost of(List<Sample> samples, List<Sample> nginx) {
        double[] micros = samples.stream().mapToDouble(Sample::cpuMicros).toArray();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(samples.size(), nginx.size()); round++) {
            ratios.add(samples.get(round).cpuMicros() / nginx.get(round).cpuMicros());
        }
        return new Cost(
                samples.stream().mapToLong(Sample::units).sum(),
                samples.stream().mapToLong(Sample::errors).sum(),
                median(samples.stream().mapToDouble(Sample::perSecond).toArray()),
                median(micros),
                Arrays.stream(micros).min().orElse(Double.NaN),
                Arrays.stream(micros).max().orElse(Double.NaN),
                ratios.isEmpty()
                        ? null
                        : median(
                                ratios.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** Returns the middle one, or the mean of the two in the middle; NaN of none. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
