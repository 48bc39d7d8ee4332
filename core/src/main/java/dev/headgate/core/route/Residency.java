package dev.headgate.core.route;

import dev.headgate.core.place.Copy;
import dev.headgate.core.place.Model;
import dev.headgate.core.place.PlacementPolicy;
import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What workers say about the models that they hold, and what follows for those who wait for them. */
final class Residency {
    private final DispatchState state;
    private final Attempts attempts;
    private final Door door;
    private final PlacementPolicy policy;
    private final Orders orders;

    Residency(DispatchState state, Attempts attempts, Door door, PlacementPolicy policy, Orders orders) {
        this.state = state;
        this.attempts = attempts;
        this.door = door;
        this.policy = policy;
        this.orders = orders;
    }

    /** A model is resident, maybe after a load that was ordered. */
    void ready(EndpointId worker, String label, long loadNanos, long sizeBytes) {
        WorkerLink link = state.links.get(worker);
        if (link == null) {
            return;
        }
        Model model = state.fleet.model(label);
        state.fleet.sized(model, sizeBytes);
        Copy copy = link.state.copy(model);
        if (copy == null) {
            state.fleet.foundResident(link.state, model, state.now());
        } else if (!copy.isReady()) {
            endLoad(link, copy, loadNanos);
        }
    }

    private void endLoad(WorkerLink link, Copy copy, long loadNanos) {
        String label = copy.model().label();
        state.fleet.endLoad(copy, loadNanos, state.now());
        state.listener.loaded(link.state.id(), label, loadNanos);
        CallTicket bound = link.boundWhileLoading.remove(label);
        if (bound != null) {
            attempts.assign(bound, copy);
        } else {
            policy.loaded(copy, state.fleet, state.room, state.now(), orders);
        }
    }

    /** A model could not be loaded. */
    void failed(EndpointId worker, String label, String error, Prospect prospect) {
        WorkerLink link = state.links.get(worker);
        Model model = state.fleet.knownModel(label);
        Copy copy = link == null || model == null ? null : link.state.copy(model);
        if (link == null || model == null || copy == null || copy.isReady()) {
            return;
        }
        forget(link, copy);
        boolean workWaits = state.room.waitingFor(label) > 0;
        long now = state.now();
        Duration rest = prospect == Prospect.NONE
                ? model.failures().failedForGood(worker, now, workWaits, error)
                : model.failures().failed(worker, now, workWaits, error);
        state.listener.loadFailed(worker, label, error);
        state.wakeups.at(now + rest.toNanos(), () -> {}); // advance() decides afterwards
        if (door.isExcludedEverywhere(model)) {
            attempts.refuseWaiting(model, door.loadFailed(model));
        }
    }

    /** Drops a copy that does not become ready; a task that was bound to it waits again. */
    private void forget(WorkerLink link, Copy copy) {
        CallTicket bound = link.boundWhileLoading.remove(copy.model().label());
        if (bound != null) {
            attempts.unbind(bound, copy);
        }
        state.fleet.evict(copy);
    }

    /** A model was dropped by the worker itself. */
    void unloaded(EndpointId worker, String label) {
        WorkerLink link = state.links.get(worker);
        Copy copy = link == null ? null : copyOf(link, label);
        if (copy != null && copy.isReady()) {
            state.fleet.evict(copy);
        }
    }

    /** Brings what is known in line with what a worker that came back says. */
    void reconcile(WorkerLink link, WorkerOffer offer) {
        for (Copy copy : link.state.copies()) {
            String label = copy.model().label();
            boolean held = offer.resident().contains(label);
            if (copy.isReady() && !held) {
                state.fleet.evict(copy);
            } else if (!copy.isReady() && held) {
                endLoad(link, copy, state.now() - copy.loadStartedNanos());
            } else if (!copy.isReady() && !offer.loading().contains(label)) {
                forget(link, copy); // the order may never have arrived, and then its victims are still there
            }
        }
        found(link, offer);
    }

    /** Learns what a worker holds and loads. */
    void found(WorkerLink link, WorkerOffer offer) {
        long now = state.now();
        offer.resident().forEach(label -> state.fleet.foundResident(link.state, state.fleet.model(label), now));
        offer.loading().forEach(label -> state.fleet.foundLoading(link.state, state.fleet.model(label), now));
    }

    private @Nullable Copy copyOf(WorkerLink link, String label) {
        Model model = state.fleet.knownModel(label);
        return model == null ? null : link.state.copy(model);
    }

    /** Whether another try may help. */
    enum Prospect {
        /** It may. */
        SOME,
        /** It will not. */
        NONE
    }
}
