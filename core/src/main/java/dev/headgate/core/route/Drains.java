package dev.headgate.core.route;

import dev.headgate.core.place.DrainPlan;
import dev.headgate.core.place.PlacementActions;
import dev.headgate.core.place.PlacementSettings;
import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import java.util.List;

/** Workers that are to end: what only they hold moves first, for a limited time. */
final class Drains {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final DispatchState state;
    private final PlacementSettings placement;

    Drains(DispatchState state, PlacementSettings placement) {
        this.state = state;
        this.placement = placement;
    }

    void begin(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        if (link != null && link.drainPlan == null && !link.isDraining) {
            link.drainPlan = new DrainPlan(link.state, state.fleet, placement, state.random, state.now());
            link.refresh();
            state.wakeups.at(state.now() + LONGEST.toNanos(), () -> endPlan(link));
        }
    }

    /** Moves on with every plan, and lets workers end whose plan is done. */
    void advance(PlacementActions orders) {
        for (WorkerLink link : List.copyOf(state.links.values())) {
            DrainPlan plan = link.drainPlan;
            if (plan != null && plan.advance(state.fleet, state.room, state.now(), orders)) {
                endPlan(link);
            }
        }
    }

    private void endPlan(WorkerLink link) {
        if (link.drainPlan != null && state.links.get(link.state.id()) == link) {
            link.drainPlan = null;
            link.isDraining = true;
            link.refresh();
            state.port.drain(link.state.id());
        }
    }
}
