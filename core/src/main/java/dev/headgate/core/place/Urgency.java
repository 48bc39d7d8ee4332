package dev.headgate.core.place;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which waiting task is about to miss its deadline and therefore counts as the first in order.
 *
 * <p>A task is urgent once less than twice its load and run are left. So that deadlines do not drive all placement, at most
 * one load per ten load slots, and at least one, is under way for urgent tasks. Confined to the owner of the fleet.
 */
final class Urgency {
    private static final double RESERVE = 2;
    private static final int SLOTS_PER_LOAD = 10;

    private final List<Model> loading = new ArrayList<>();

    /** Returns the most pressing task if it is urgent; otherwise null, after a timer was set for when it will be. */
    @Nullable
    Ticket urgent(Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        Ticket pressing = waiting.mostPressing();
        if (pressing == null) {
            return null;
        }
        Model model = fleet.model(pressing.request().model());
        double reserve = RESERVE * (model.loadNanos() + model.runNanos());
        long left = pressing.request().deadline().remainingNanos(nowNanos);
        if (left < reserve) {
            return pressing;
        }
        actions.wakeAt(nowNanos + Math.max(1, (long) Math.ceil(left - reserve)));
        return null;
    }

    /** Returns whether one more load may be started for an urgent task. */
    boolean mayLoad(Fleet fleet) {
        loading.removeIf(model -> !model.isLoading());
        int slots = 0;
        for (int i = 0; i < fleet.workers().size(); i++) {
            slots += fleet.workers().get(i).capacity().loadSlots();
        }
        return loading.size() < Math.max(1, slots / SLOTS_PER_LOAD);
    }

    /** Notes a load that was started for an urgent task. */
    void loads(Model model) {
        loading.add(model);
    }
}
