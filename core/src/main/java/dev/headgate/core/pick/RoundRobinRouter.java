package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import org.jspecify.annotations.Nullable;

/**
 * {@code round-robin}: the endpoints by name in turn, from a random one, full ones skipped. The cursor is a place in that
 * order and not a count of choices, so it cannot overflow; it stays where it is if nobody has room, and behind the endpoint
 * that was chosen last when others come or go.
 */
final class RoundRobinRouter implements RequestRouter {
    private static final int RANKS = 3;

    private final OrderedIds order = new OrderedIds();
    private double start;
    private int cursor = -1;
    private @Nullable EndpointId last;

    @Override
    public void start(RouterSetup setup) {
        PolicyParameters.none().read(setup.parameters());
        start = setup.random().nextDouble();
    }

    @Override
    public void endpointsChanged(Candidates all) {
        order.read(all);
        if (cursor < 0 && order.size() > 0) {
            cursor = (int) (start * order.size());
        } else if (last != null) {
            int place = order.placeOf(last);
            cursor = place < order.size() && order.id(place).equals(last) ? place + 1 : place;
        }
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        if (order.size() == 0) {
            endpointsChanged(candidates);
        }
        boolean onlyAvailable = candidates.anyAvailable();
        int added = 0;
        for (int step = 0; step < order.size() && added < RANKS; step++) {
            int place = (cursor + step) % order.size();
            int index = order.index(candidates, place);
            if (index < 0 || (onlyAvailable && !candidates.available(index))) {
                continue;
            }
            ranks.add(index).next();
            if (added++ == 0 && onlyAvailable) {
                last = order.id(place);
            }
        }
        if (onlyAvailable && last != null) {
            cursor = (order.placeOf(last) + 1) % order.size();
        }
    }
}
