package dev.headgate.core.place;

import dev.headgate.core.admit.LabelQueue;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tasks wait and are bound when a worker can run them.
 *
 * <p>Whenever something changed, two steps repeat until neither can do anything. <b>Warm:</b> the first task in order
 * whose model is resident on a worker with a free run slot runs there, also past earlier tasks. <b>Cold:</b> the labels
 * are tried in order of their first waiting task; a load is started if it beats waiting for the copies that there are,
 * counting what the evicted models will cost when they are asked for again. A worker that has other things to do loads
 * only once the tasks have waited as long as the load takes (ski rental: buy when the rent paid equals the price).
 *
 * <p>The first in order is <i>aged</i> once {@code ageBound} later tasks ran before it; then it is served by force, so
 * that it waits for at most {@code ageBound} runs and one load once it is first. Replicas of a hot label come and go by
 * the same comparison; there are no thresholds of request rates. A task that is about to miss its deadline counts as the
 * first in order. See dispatch.md §7.
 *
 * <p>Where there is a router, it takes the place of "longest idle" among workers that could all run a task; which task is
 * next, and what is loaded where, it has no say in.
 *
 * <p>A decision looks at each worker's copies and at one task per label, never at all that wait.
 */
final class LatePlacement implements PlacementPolicy {
    private final PlacementSettings settings;
    private final EvictionChoice evictions;
    private final Avoidance avoidance;
    private final Urgency urgency = new Urgency();

    LatePlacement(PlacementSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.evictions = new EvictionChoice(settings, random);
        this.avoidance = new Avoidance(settings, evictions);
    }

    @Override
    public void loaded(Copy copy, Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        LabelQueue queue = waiting.queue(copy.model().label());
        Ticket oldest = queue == null ? null : queue.first();
        if (!settings.overlap()
                && oldest != null
                && copy.worker().runs(oldest)
                && copy.worker().mayRun(settings)) {
            run(oldest, copy, waiting.head(), actions);
        }
    }

    @Override
    public void decide(Fleet fleet, WaitingRoom waiting, long nowNanos, PlacementActions actions) {
        for (Ticket head = waiting.head(); head != null; head = waiting.head()) {
            ColdStep cold = new ColdStep(settings, evictions, avoidance, fleet, waiting, nowNanos, actions);
            Ticket urgent = urgency.urgent(fleet, waiting, nowNanos, actions);
            if (urgent != null) {
                Service service = serveFirst(urgent, head, fleet, cold, actions);
                if (service == Service.LATER) {
                    return;
                }
                if (service == Service.DONE) {
                    continue;
                }
            }
            boolean overdue = head.overtaken() >= settings.ageBound()
                    && !hasUsableCopy(fleet.model(head.request().model()), head);
            if (overdue && cold.tryLoad(head, true)) {
                continue;
            }
            WorkerState kept = overdue ? cold.nextFreeFor(head) : null;
            Copy warm = firstRunnable(fleet, waiting, kept, cold);
            Ticket next = warm == null ? null : firstFor(warm, waiting);
            if (next != null && warm != null) {
                Copy chosen = chosen(next, warm, kept, fleet, cold, actions);
                if (chosen == null) {
                    return;
                }
                run(next, chosen, head, actions);
            } else if (!loadSomething(waiting, cold)) {
                return;
            }
        }
    }

    /** Runs a task that is about to miss its deadline, or starts a load for it. */
    private Service serveFirst(Ticket urgent, Ticket head, Fleet fleet, ColdStep cold, PlacementActions actions) {
        Model model = fleet.model(urgent.request().model());
        for (int i = 0; i < model.copies.size(); i++) {
            Copy copy = model.copies.get(i);
            if (mayRun(urgent, copy, cold)) {
                Copy chosen = chosen(urgent, copy, null, fleet, cold, actions);
                if (chosen == null) {
                    return Service.LATER;
                }
                run(urgent, chosen, head, actions);
                return Service.DONE;
            }
        }
        if (urgency.mayLoad(fleet) && cold.tryLoad(urgent, false)) {
            urgency.loads(model);
            return Service.DONE;
        }
        return Service.NONE;
    }

    private boolean mayRun(Ticket task, Copy copy, ColdStep cold) {
        WorkerState worker = copy.worker();
        return copy.isReady() && worker.runs(task) && worker.mayRun(settings) && !cold.keepsAway(task, worker);
    }

    /** Returns {@code preferred}, or what the router makes of all that could run {@code task}; null if it says so later. */
    private @Nullable Copy chosen(
            Ticket task,
            Copy preferred,
            @Nullable WorkerState kept,
            Fleet fleet,
            ColdStep cold,
            PlacementActions actions) {
        if (!actions.hasRouter()) {
            return preferred;
        }
        List<Copy> able = new ArrayList<>();
        able.add(preferred);
        for (Copy copy : fleet.model(task.request().model()).copies) {
            if (copy != preferred && copy.worker() != kept && mayRun(task, copy, cold)) {
                able.add(copy);
            }
        }
        return actions.choose(task, able);
    }

    private static void run(Ticket task, Copy copy, @Nullable Ticket head, PlacementActions actions) {
        if (head != null && head != task) {
            head.countOvertaking();
        }
        actions.assign(task, copy);
    }

    /** Returns the copy that can run the first of the tasks that can run, on the longest idle worker. */
    private @Nullable Copy firstRunnable(Fleet fleet, WaitingRoom waiting, @Nullable WorkerState kept, ColdStep cold) {
        Copy best = null;
        Ticket first = null;
        for (int i = 0; i < fleet.workers().size(); i++) {
            WorkerState worker = fleet.workers().get(i);
            if (worker == kept || !worker.mayRun(settings)) {
                continue;
            }
            for (int j = 0; j < worker.copies.size(); j++) {
                Copy copy = worker.copies.get(j);
                Ticket ticket = copy.isReady() ? firstFor(copy, waiting) : null;
                if (ticket == null || !worker.runs(ticket) || cold.keepsAway(ticket, worker)) {
                    continue;
                }
                int order = first == null ? -1 : ticket == first ? 0 : WaitingRoom.inOrder(ticket, first);
                boolean idlesLonger = best != null && worker.lastActiveNanos - best.worker().lastActiveNanos < 0;
                if (order < 0 || (order == 0 && idlesLonger)) {
                    best = copy;
                    first = ticket;
                }
            }
        }
        return best;
    }

    private static @Nullable Ticket firstFor(Copy copy, WaitingRoom waiting) {
        LabelQueue queue = waiting.queue(copy.model().label());
        return queue == null ? null : queue.first();
    }

    /** Starts one load if one is worth it; returns whether it did. */
    private static boolean loadSomething(WaitingRoom waiting, ColdStep cold) {
        if (cold.isFutile()) {
            return false;
        }
        PriorityQueue<LabelQueue> inOrder = new PriorityQueue<>(LatePlacement::byFirst);
        inOrder.addAll(waiting.waitingLabels());
        for (LabelQueue queue = inOrder.poll(); queue != null; queue = inOrder.poll()) {
            if (cold.tryLoad(queue, false)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasUsableCopy(Model model, Ticket task) {
        for (int i = 0; i < model.copies.size(); i++) {
            WorkerState holder = model.copies.get(i).worker();
            if (holder.takesTasks() && holder.runs(task)) {
                return true;
            }
        }
        return false;
    }

    private static int byFirst(LabelQueue a, LabelQueue b) {
        Ticket first = a.first();
        Ticket second = b.first();
        if (first == null || second == null) {
            return Boolean.compare(first == null, second == null);
        }
        return WaitingRoom.inOrder(first, second);
    }

    /** What could be done for one task at this moment. */
    private enum Service {
        DONE,
        NONE,
        /** The router will say where it runs. */
        LATER
    }
}
