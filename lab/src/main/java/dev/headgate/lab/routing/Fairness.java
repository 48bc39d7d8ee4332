package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RunLog.Ending;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Jain's index over tenants of the weighted tokens served ÷ those that they are entitled to, of every 10 s at whose end all
 * tenants are backlogged, none of them having come in between, averaged. A prompt token weighs 1 and an answer token 2; a request is served when its first token comes.
 *
 * <p>Entitled is a tenant to its max-min share of all that was served in that time: to what it demanded, old and new, if that
 * is no more than an equal share, and else to an equal share of what the others leave. Against the bare demand the index would punish the fairest
 * service of all: when one asks for 30 % of what can be served and another for 200 %, it is 0.81 where the first gets all
 * that it asks for, and 1 only where it is made to suffer as the flood is.
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
        boolean[] wasThere = new boolean[tenants.size()]; // when these 10 s began
        for (int r = 0; r < trace.size(); r++) {
            if (log.states.arrived[r] < 0 || log.states.arrived[r] > at || log.endings[r] == Ending.REFUSED) {
                continue;
            }
            int tenant = tenants.indexOf(trace.tenant(r));
            double weight = trace.input(r) + 2.0 * trace.output(r);
            long first = log.states.first[r];
            if (first < 0 || first > at - SAMPLE_MICROS) {
                demanded[tenant] += weight;
                served[tenant] += first >= 0 && first <= at ? weight : 0;
            }
            wasThere[tenant] |= log.states.arrived[r] <= at - SAMPLE_MICROS;
            backlogged[tenant] |= first < 0 || first > at;
        }
        double[] entitled = maxMin(demanded, Arrays.stream(served).sum());
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < served.length; t++) {
            if (!backlogged[t] || !wasThere[t]) {
                return Double.NaN;
            }
            double share = served[t] / entitled[t];
            sum += share;
            squares += share * share;
        }
        return squares == 0 ? Double.NaN : sum * sum / (served.length * squares);
    }

    /** Returns shares of {@code total}, none more than its demand, of which no smaller one could grow but at a smaller one's cost. */
    static double[] maxMin(double[] demands, double total) {
        double[] shares = new double[demands.length];
        int[] smallestFirst = IntStream.range(0, demands.length)
                .boxed()
                .sorted(Comparator.comparingDouble(t -> demands[t]))
                .mapToInt(Integer::intValue)
                .toArray();
        double left = total;
        for (int k = 0; k < smallestFirst.length; k++) {
            int tenant = smallestFirst[k];
            shares[tenant] = Math.min(demands[tenant], left / (smallestFirst.length - k));
            left -= shares[tenant];
        }
        return shares;
    }
}
