package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code prequal-hcl}: hot-cold lexicographic choice. An endpoint is hot if its requests are at or above the {@code quantile}
 * of all and above the fewest; of the cold ones the one with the smallest latency is taken, the median of its last 32 times
 * to the first token; if none is cold, the one with the fewest requests. Prequal (NSDI 2024), on the router's own counts: the
 * probes of the paper, which several routers need, are left out.
 */
final class PrequalRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none().number("quantile", 0.84, 0, 1);

    /** More than any latency in nanoseconds, so that every cold endpoint comes before every hot one. */
    private static final double HOT = 1e18;

    private final Map<EndpointId, Median> latencies = new HashMap<>();
    private final Map<Long, Long> sentAt = new HashMap<>(); // by internal id, from sent to completed
    private Ticker ticker = () -> 0;
    private double quantile;
    private int hotFrom;
    private int fewest;
    private int[] sorted = new int[16];

    @Override
    protected void configure(RouterSetup setup) {
        quantile = PARAMETERS.read(setup.parameters()).number("quantile");
        ticker = setup.ticker();
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        int count = candidates.size();
        if (count == 0) {
            return;
        }
        if (sorted.length < count) {
            sorted = new int[count];
        }
        for (int i = 0; i < count; i++) {
            sorted[i] = candidates.ongoing(i);
        }
        Arrays.sort(sorted, 0, count);
        hotFrom = sorted[Math.min(count - 1, (int) (quantile * count))];
        fewest = sorted[0];
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        int ongoing = candidates.ongoing(index);
        if (ongoing >= hotFrom && ongoing > fewest) {
            return HOT + ongoing * HOT;
        }
        Median latency = latencies.get(candidates.id(index));
        return latency == null ? 0 : latency.value();
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        sentAt.put(request.metadata().internalId(), ticker.nanos());
    }

    @Override
    public void firstToken(EndpointId endpoint, PendingRequest request) {
        Long sent = sentAt.get(request.metadata().internalId());
        if (sent != null) {
            latencies.computeIfAbsent(endpoint, id -> new Median()).add(ticker.nanos() - sent);
        }
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        sentAt.remove(request.metadata().internalId());
    }

    @Override
    public void endpointsChanged(Candidates all) {
        Set<EndpointId> present = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            present.add(all.id(i));
        }
        latencies.keySet().retainAll(present);
    }

    /** The median of the last 32 values, kept until the next one comes. */
    private static final class Median {
        private final long[] last = new long[32];
        private int count;
        private long median;

        void add(long value) {
            last[count++ % last.length] = value;
            int held = Math.min(count, last.length);
            long[] sorted = Arrays.copyOf(last, held);
            Arrays.sort(sorted);
            median = sorted[held / 2];
        }

        long value() {
            return median;
        }
    }
}
