package dev.headgate.core.pick;

import java.util.Arrays;

/**
 * {@code consistent-hash}: the endpoint that follows the session on a ring, and the next {@code fallbacks} distinct ones as
 * further ranks, full or not. A request without a session is spread by its own id.
 *
 * <p>With {@code c}, an endpoint whose requests would exceed c times its fair share is passed over: consistent hashing with
 * bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016). {@code c: off} is Ray Serve's ring without a bound. The ring is
 * built when the membership changes and at no other time.
 */
final class ConsistentHashRouter implements RequestRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .count("virtualNodes", 100, 1, 10_000)
            .count("fallbacks", 2, 0, 1000)
            .number("c", 1.25, 1, Double.POSITIVE_INFINITY);

    private final OrderedIds order = new OrderedIds();
    private HashRing ring = new HashRing(order, 1);
    private int[] seen = new int[0]; // by place: the choice in which it was last met
    private int choices;
    private int virtualNodes = 100;
    private int fallbacks = 2;
    private double bound = 1.25;

    @Override
    public void start(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        virtualNodes = values.count("virtualNodes");
        fallbacks = values.count("fallbacks");
        bound = values.number("c");
    }

    @Override
    public void endpointsChanged(Candidates all) {
        if (order.read(all)) {
            ring = new HashRing(order, virtualNodes);
            seen = new int[order.size()];
            choices = 0;
        }
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        if (order.size() == 0) {
            endpointsChanged(candidates);
        }
        if (++choices == Integer.MAX_VALUE) {
            Arrays.fill(seen, 0);
            choices = 1;
        }
        double total = 1;
        double weights = 0;
        for (int i = 0; i < candidates.size(); i++) {
            total += candidates.ongoing(i);
            weights += candidates.weight(i);
        }
        int node = ring.size() == 0 ? 0 : ring.nodeAt(HashRing.hash(key(request.metadata())));
        int left = fallbacks + 1;
        for (int step = 0; step < ring.size() && left > 0; step++) {
            int place = ring.place((node + step) % ring.size());
            if (seen[place] == choices) {
                continue;
            }
            seen[place] = choices;
            int index = order.index(candidates, place);
            if (index >= 0 && hasShare(candidates, index, total, weights)) {
                ranks.add(index).next();
                left--;
            }
        }
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("ongoing", candidates.ongoing(index));
        terms.term("weight", candidates.weight(index));
    }

    /** The session decides, so an endpoint that was found for one must not go to another. */
    @Override
    public boolean contentAware() {
        return true;
    }

    private boolean hasShare(Candidates candidates, int index, double total, double weights) {
        return bound == Double.POSITIVE_INFINITY
                || candidates.ongoing(index) + 1 <= Math.ceil(bound * total * candidates.weight(index) / weights);
    }

    private static String key(RequestMetadata metadata) {
        return metadata.sessionId().isEmpty() ? Long.toString(metadata.internalId()) : metadata.sessionId();
    }
}
