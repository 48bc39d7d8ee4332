package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RunLog.Ending;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Jain's index over tenants of the weighted tokens served ÷ demanded so far, averaged over samples every 10 s at which all
 * tenants are backlogged. A prompt token weighs 1 and an answer token 2.
 */
final class Fairness {
    private static final long SAMPLE_MICROS = 10_000_000;

    private Fairness() {}

    /** Returns the index, NaN with fewer than two tenants or if they were never backlogged together. */
    static double jain(Trace trace, RunLog log) {
        List<String> tenants = tenants(trace);
        if (tenants.size() < 2) {
            return Double.NaN;
        }
        long last = Arrays.stream(log.states.done).max().orElse(0);
        double sum = 0;
        int samples = 0;
        for (long at = SAMPLE_MICROS; at <= last; at += SAMPLE_MICROS) {
            double index = jainAt(trace, log, tenants, at);
            if (!Double.isNaN(index)) {
                sum += index;
                samples++;
            }
        }
        return samples == 0 ? Double.NaN : sum / samples;
    }

    private static List<String> tenants(Trace trace) {
        return IntStream.range(0, trace.size())
                .mapToObj(trace::tenant)
                .distinct()
                .sorted()
                .toList();
    }

    private static double jainAt(Trace trace, RunLog log, List<String> tenants, long at) {
        double[] served = new double[tenants.size()];
        double[] demanded = new double[tenants.size()];
        boolean[] backlogged = new boolean[tenants.size()];
        for (int r = 0; r < trace.size(); r++) {
            if (log.states.arrived[r] < 0 || log.states.arrived[r] > at || log.endings[r] == Ending.REFUSED) {
                continue;
            }
            int tenant = tenants.indexOf(trace.tenant(r));
            double weight = trace.input(r) + 2.0 * trace.output(r);
            demanded[tenant] += weight;
            served[tenant] += log.states.done[r] >= 0 && log.states.done[r] <= at ? weight : 0;
            backlogged[tenant] |= log.states.first[r] < 0 || log.states.first[r] > at;
        }
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < served.length; t++) {
            if (!backlogged[t]) {
                return Double.NaN;
            }
            double share = served[t] / demanded[t];
            sum += share;
            squares += share * share;
        }
        return squares == 0 ? Double.NaN : sum * sum / (served.length * squares);
    }
}
