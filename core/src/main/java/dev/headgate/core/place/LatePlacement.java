package dev.headgate.core.place;

import dev.headgate.core.admit.LabelQueue;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
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
            if (urgent != null && serveFirst(urgent, head, fleet, cold, actions)) {
                continue;
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
                run(next, warm, head, actions);
            } else if (!loadSomething(waiting, cold)) {
                return;
            }
        }
    }

    /** Runs a task that is about to miss its deadline, or starts a load for it; returns whether it could. */
    private boolean serveFirst(Ticket urgent, Ticket head, Fleet fleet, ColdStep cold, PlacementActions actions) {
        Model model = fleet.model(urgent.request().model());
        for (int i = 0; i < model.copies.size(); i++) {
            Copy copy = model.copies.get(i);
            if (copy.isReady()
                    && copy.worker().runs(urgent)
                    && copy.worker().mayRun(settings)
                    && !cold.keepsAway(urgent, copy.worker())) {
                run(urgent, copy, head, actions);
                return true;
            }
        }
        if (urgency.mayLoad(fleet) && cold.tryLoad(urgent, false)) {
            urgency.loads(model);
            return true;
        }
        return false;
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
}
