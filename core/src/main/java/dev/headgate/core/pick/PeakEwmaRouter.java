package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * {@code peak-ewma}: of two candidates drawn uniformly the one with the smaller e·(n + 1), where e is its time to the first
 * token: an average that jumps up to a longer time at once and comes down slowly, by half in 7 s. Finagle's Peak EWMA.
 *
 * <p>An endpoint of which nothing is known costs nothing as long as it is idle, so that it is tried, and more than any other
 * until it has answered. With {@code signal: total} e is the time of the whole answer.
 */
final class PeakEwmaRouter implements RequestRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none().choice("signal", "first-token", "total");

    /** Ten seconds, as in Finagle: what was slow half a minute ago says little. */
    private static final double DECAY_NANOS = 10e9;

    /** Half a day and more, which no time exceeds. */
    private static final double PENALTY = 1L << 47;

    private final Map<EndpointId, Peak> peaks = new HashMap<>();
    private final Map<Long, Long> sentAt = new HashMap<>(); // by internal id, from sent to completed
    private final TwoDraws draws = new TwoDraws();
    private RandomGenerator random = () -> 0;
    private Ticker ticker = () -> 0;
    private boolean total;

    @Override
    public void start(RouterSetup setup) {
        total = PARAMETERS.read(setup.parameters()).text("signal").equals("total");
        random = setup.random();
        ticker = setup.ticker();
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        draws.draw(candidates, random);
        int first = draws.first();
        int second = draws.second();
        if (second == TwoDraws.NONE) {
            TwoChoicesRouter.addTo(ranks, draws);
        } else if (cost(candidates, first) <= cost(candidates, second)) {
            ranks.add(first).next().add(second);
        } else {
            ranks.add(second).next().add(first);
        }
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("cost", cost(candidates, index));
    }

    @Override
    public void endpointsChanged(Candidates all) {
        Set<EndpointId> present = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            present.add(all.id(i));
        }
        peaks.keySet().retainAll(present);
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        sentAt.put(request.metadata().internalId(), ticker.nanos());
    }

    @Override
    public void firstToken(EndpointId endpoint, PendingRequest request) {
        if (!total) {
            observe(endpoint, sentAt.get(request.metadata().internalId()));
        }
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        Long sent = sentAt.remove(request.metadata().internalId());
        if (total && outcome instanceof Outcome.Completed) {
            observe(endpoint, sent);
        }
    }

    @Override
    public void died(EndpointId endpoint) {
        peaks.remove(endpoint);
    }

    private void observe(EndpointId endpoint, @Nullable Long sent) {
        if (sent != null) {
            long now = ticker.nanos();
            peaks.computeIfAbsent(endpoint, id -> new Peak(now)).observe(Math.max(0, now - sent), now);
        }
    }

    private double cost(Candidates candidates, int index) {
        int ongoing = candidates.ongoing(index);
        Peak peak = peaks.get(candidates.id(index));
        if (peak == null) {
            return ongoing == 0 ? 0 : PENALTY + ongoing;
        }
        return peak.at(ticker.nanos()) * (ongoing + 1.0);
    }

    private static final class Peak {
        private double nanos;
        private long stamp;

        Peak(long nowNanos) {
            stamp = nowNanos;
        }

        void observe(double value, long nowNanos) {
            double kept = Math.exp(-Math.max(0, nowNanos - stamp) / DECAY_NANOS);
            nanos = value > nanos ? value : nanos * kept + value * (1 - kept);
            stamp = nowNanos;
        }

        double at(long nowNanos) {
            return nanos * Math.exp(-Math.max(0, nowNanos - stamp) / DECAY_NANOS);
        }
    }
}
