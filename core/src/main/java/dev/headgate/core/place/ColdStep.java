package dev.headgate.core.place;

import dev.headgate.core.admit.LabelQueue;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cold step of {@link LatePlacement} at one moment: whether and where to load a label that tasks wait for. */
final class ColdStep {
    private final PlacementSettings settings;
    private final EvictionChoice evictions;
    private final Avoidance avoidance;
    private final Fleet fleet;
    private final WaitingRoom waiting;
    private final long nowNanos;
    private final PlacementActions actions;
    private final List<WorkerState> open = new ArrayList<>(); // could begin a load at this moment
    private @Nullable List<WorkerState> promising; // those of them that could make room without force

    ColdStep(
            PlacementSettings settings,
            EvictionChoice evictions,
            Avoidance avoidance,
            Fleet fleet,
            WaitingRoom waiting,
            long nowNanos,
            PlacementActions actions) {
        this.settings = settings;
        this.evictions = evictions;
        this.avoidance = avoidance;
        this.fleet = fleet;
        this.waiting = waiting;
        this.nowNanos = nowNanos;
        this.actions = actions;
        for (int i = 0; i < fleet.workers().size(); i++) {
            WorkerState worker = fleet.workers().get(i);
            if (worker.mayBeginLoad(settings)) {
                open.add(worker);
            }
        }
    }

    /** Returns whether no worker could begin a load without force. */
    boolean isFutile() {
        return open.isEmpty() || promising().isEmpty();
    }

    /** Most workers under a deep queue are full of models that are waited for; looking at them for every label is dear. */
    private List<WorkerState> promising() {
        List<WorkerState> found = promising;
        if (found == null) {
            found = new ArrayList<>(open.size());
            for (int i = 0; i < open.size(); i++) {
                if (evictions.couldMakeRoom(open.get(i), waiting)) {
                    found.add(open.get(i));
                }
            }
            promising = found;
        }
        return found;
    }

    /** Returns whether {@code ticket} rather waits for another worker than {@code worker}. */
    boolean keepsAway(Ticket ticket, WorkerState worker) {
        return avoidance.keepsAway(ticket, worker, fleet, waiting, nowNanos);
    }

    /** Loads what {@code head} waits for by force; returns whether a load was started. */
    boolean tryLoad(Ticket head, boolean byForce) {
        LabelQueue queue = waiting.queue(head.request().model());
        return queue != null && tryLoad(queue, byForce);
    }

    /**
     * Returns the worker that will soonest have nothing to do and could then load what {@code head} waits for; null if
     * there is none. While every model on it is always running, it has to be kept free for that.
     */
    @Nullable
    WorkerState nextFreeFor(Ticket head) {
        Model model = fleet.model(head.request().model());
        WorkerState best = null;
        for (int i = 0; i < fleet.workers().size(); i++) {
            WorkerState worker = fleet.workers().get(i);
            if (worker.runs(head)
                    && worker.mayLoad(model, nowNanos)
                    && (best == null || worker.running() < best.running())) {
                best = worker;
            }
        }
        return best;
    }

    /** Loads the label of {@code queue} if that is worth it, or by force; returns whether a load was started. */
    boolean tryLoad(LabelQueue queue, boolean byForce) {
        Model model = fleet.model(queue.label());
        int coming = copiesComing(model, queue.first());
        boolean forced = byForce && coming == 0;
        // Without this a deep backlog collapses into repeated loads of what is coming anyway.
        if (coming > 0 && (queue.size() <= coming || queue.size() * model.runNanos() <= model.loadNanos())) {
            return false;
        }
        Place best = bestPlace(queue, model, forced);
        if (best == null) {
            return false;
        }
        if (!forced && soonestWarmNanos(model, queue.first()) <= model.loadNanos() + best.externality) {
            return false;
        }
        actions.load(best.worker, model, best.victims, forced ? MissCause.FORCED : model.nextMissCause());
        return true;
    }

    private @Nullable Place bestPlace(LabelQueue queue, Model model, boolean forced) {
        Place best = null;
        boolean rentPaid = rentPaid(queue, model);
        boolean waitsForRent = false;
        Ticket first = queue.first();
        List<WorkerState> candidates = forced ? open : promising();
        for (int i = 0; i < candidates.size(); i++) {
            WorkerState worker = candidates.get(i);
            if (!mayLoad(worker, model) || !suits(worker, first) || (first != null && keepsAway(first, worker))) {
                continue;
            }
            if (!forced && !rentPaid && hasOtherWork(worker)) {
                waitsForRent = true;
                continue;
            }
            List<Copy> victims = evictions.victims(worker, model, fleet, waiting, forced);
            if (victims != null) {
                Place place = new Place(worker, victims, evictions.externality(victims, fleet), backlogNanos(worker));
                if (best == null || place.isBetterThan(best)) {
                    best = place;
                }
            }
        }
        if (waitsForRent) {
            actions.wakeAt(rentPaidAt(queue, model));
        }
        return best;
    }

    private static boolean suits(WorkerState worker, @Nullable Ticket first) {
        return first == null || worker.runs(first);
    }

    private boolean mayLoad(WorkerState worker, Model model) {
        return worker.copy(model) == null && worker.mayLoad(model, nowNanos);
    }

    private boolean hasOtherWork(WorkerState worker) {
        if (worker.running() > 0) {
            return true;
        }
        for (int i = 0; i < worker.copies.size(); i++) {
            if (waiting.waitingFor(worker.copies.get(i).model().label()) > 0) {
                return true;
            }
        }
        return false;
    }

    private boolean rentPaid(LabelQueue queue, Model model) {
        return queue.totalWaitNanos(nowNanos) >= settings.rent() * model.loadNanos();
    }

    private long rentPaidAt(LabelQueue queue, Model model) {
        double owed = settings.rent() * model.loadNanos() - queue.totalWaitNanos(nowNanos);
        return nowNanos + Math.max(1, (long) Math.ceil(owed / queue.size()));
    }

    /** How many copies are being loaded where they will be of use. */
    private static int copiesComing(Model model, @Nullable Ticket first) {
        int coming = 0;
        for (int i = 0; i < model.copies.size(); i++) {
            Copy copy = model.copies.get(i);
            if (!copy.isReady() && copy.worker().takesTasks() && suits(copy.worker(), first)) {
                coming++;
            }
        }
        return coming;
    }

    /**
     * The time until a copy that is there could begin the last of the tasks that wait for its worker; infinite if none
     * can run {@code first}.
     */
    private double soonestWarmNanos(Model model, @Nullable Ticket first) {
        double soonest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < model.copies.size(); i++) {
            Copy copy = model.copies.get(i);
            WorkerState holder = copy.worker();
            if (!holder.takesTasks() || !suits(holder, first) || (first != null && keepsAway(first, holder))) {
                continue;
            }
            soonest = Math.min(
                    soonest,
                    holder.remainingRunNanos(nowNanos) + copy.remainingLoadNanos(nowNanos) + backlogNanos(holder));
        }
        return soonest;
    }

    private double backlogNanos(WorkerState worker) {
        return Forecast.backlogNanos(worker, waiting);
    }

    private record Place(WorkerState worker, List<Copy> victims, double externality, double backlogNanos) {
        boolean isBetterThan(Place other) {
            if (externality != other.externality) {
                return externality < other.externality;
            }
            if (backlogNanos != other.backlogNanos) {
                return backlogNanos < other.backlogNanos;
            }
            return worker.lastActiveNanos - other.worker.lastActiveNanos < 0;
        }
    }
}
