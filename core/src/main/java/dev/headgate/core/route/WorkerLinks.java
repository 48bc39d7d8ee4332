package dev.headgate.core.route;

import dev.headgate.core.admit.LabelQueue;
import dev.headgate.core.admit.Ticket;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Workers coming, going silent, coming back and getting lost, dispatch.md §4 and §6. */
final class WorkerLinks {
    private final DispatchState state;
    private final Attempts attempts;
    private final Door door;
    private final Residency residency;

    WorkerLinks(DispatchState state, Attempts attempts, Door door, Residency residency) {
        this.state = state;
        this.attempts = attempts;
        this.door = door;
        this.residency = residency;
    }

    Joined join(WorkerOffer offer) {
        WorkerLink known = state.links.get(offer.id());
        long now = state.now();
        if (known != null && known.offer.instance().equals(offer.instance())) {
            return resume(known, offer, now);
        }
        if (known != null) {
            boolean alive = known.isConnected
                    && now - known.lastHeardNanos < state.settings.suspect().toNanos();
            if (alive) {
                return new Joined.Duplicate();
            }
            lose(known, "another process took its name");
        }
        WorkerState worker = state.fleet.join(offer.profile(), now);
        WorkerLink link = new WorkerLink(worker, offer, now);
        state.links.put(offer.id(), link);
        offered(offer);
        residency.found(link, offer);
        watch(link);
        state.listener.workerJoined(offer.id(), false);
        expectOne();
        return new Joined.Welcome(offer.running(), false);
    }

    /** Gives workers some time to come; then waits that nobody can end are refused. */
    void expectOne() {
        state.wakeups.at(state.now() + state.settings.noWorkerWait().toNanos(), this::refuseUnserved);
    }

    private void offered(WorkerOffer offer) {
        state.everOffered.addAll(offer.labels());
        offer.sizes().forEach((label, bytes) -> state.fleet.sized(state.fleet.model(label), bytes));
    }

    /** The same process is back: it keeps its leases, and what either side missed is said again. */
    private Joined resume(WorkerLink link, WorkerOffer offer, long now) {
        link.offer = offer;
        link.isConnected = true;
        link.isSuspect = false;
        link.lastHeardNanos = now;
        if (link.grace != null) {
            link.grace.cancel();
        }
        offered(offer);
        List<LeaseKey> dropped =
                offer.running().stream().filter(key -> link.lease(key) == null).toList();
        resumeLeases(link, new HashSet<>(offer.running()));
        residency.reconcile(link, offer);
        link.refresh();
        watch(link);
        state.listener.workerJoined(offer.id(), true);
        return new Joined.Welcome(dropped, true);
    }

    /** Says again what a worker that came back has not got, and stops what is no longer wanted. */
    private void resumeLeases(WorkerLink link, Set<LeaseKey> stillRunning) {
        for (PlacedLease lease : List.copyOf(link.leases.values())) {
            boolean runs = stillRunning.contains(lease.key());
            if (!lease.isCancelling && !runs) {
                state.port.assign(lease); // idempotent: a worker that has the result sends it again
            } else if (lease.isCancelling && runs) {
                state.port.cancel(lease, "it is no longer wanted");
            } else if (lease.isCancelling) {
                attempts.answered(lease, Outcome.CANCELLED);
            }
        }
    }

    /** A frame came. */
    void heard(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        if (link == null) {
            return;
        }
        link.lastHeardNanos = state.now();
        if (link.isSuspect || link.isPaused) {
            link.isSuspect = false;
            link.isPaused = false;
            link.refresh();
        }
    }

    /** It refused a task, and gets none until it is heard of. */
    void pause(WorkerLink link) {
        link.isPaused = true;
        link.refresh();
        unavailable(link.state.id());
    }

    /** The connection closed; the worker has a little time to come back. */
    void closed(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        if (link == null || !link.isConnected) {
            return;
        }
        link.isConnected = false;
        link.refresh();
        unavailable(worker);
        link.grace = state.wakeups.at(
                state.now() + state.settings.reconnectGrace().toNanos(),
                () -> lose(link, "its connection closed and it did not come back"));
    }

    /** The worker said goodbye. */
    void left(EndpointId worker) {
        WorkerLink link = state.links.get(worker);
        if (link != null) {
            lose(link, "it left");
        }
    }

    void lose(WorkerLink link, String reason) {
        if (state.links.get(link.state.id()) != link) {
            return;
        }
        List<PlacedLease> leases = new ArrayList<>(link.leases.values());
        leases.forEach(attempts::lost);
        List.copyOf(link.boundWhileLoading.entrySet()).forEach(bound -> {
            Copy copy = link.state.copy(state.fleet.model(bound.getKey()));
            if (copy != null) {
                attempts.unbind(bound.getValue(), copy);
            }
        });
        cancel(link.watch);
        cancel(link.grace);
        state.links.remove(link.state.id());
        state.fleet.leave(link.state);
        if (state.pool != null) {
            state.pool.died(link.state.id());
        }
        state.port.disconnect(link.state.id(), reason);
        state.listener.workerLost(link.state.id(), reason, leases.size());
        if (state.links.isEmpty()) {
            door.withoutWorkersSince(state.now());
        }
        expectOne();
    }

    private void unavailable(EndpointId worker) {
        if (state.pool != null) {
            state.pool.unavailable(worker);
        }
    }

    private static void cancel(@Nullable Wakeup wakeup) {
        if (wakeup != null) {
            wakeup.cancel();
        }
    }

    /** Ends the waits that no connected worker can end. */
    private void refuseUnserved() {
        if (state.links.isEmpty()) {
            attempts.refuseWaiting(null, door.noWorkers());
            return;
        }
        for (LabelQueue queue : List.copyOf(state.room.waitingLabels())) {
            Ticket first = queue.first();
            Failure failure = first == null ? null : door.unservable(first.request());
            while (first != null && failure != null) {
                attempts.refuse(first, failure);
                first = queue.first();
                failure = first == null ? null : door.unservable(first.request());
            }
        }
    }

    /** Checks the worker at the moment when its silence would matter next. */
    private void watch(WorkerLink link) {
        cancel(link.watch);
        long silentNanos = state.now() - link.lastHeardNanos;
        Duration limit =
                silentNanos < state.settings.suspect().toNanos() ? state.settings.suspect() : state.settings.ttl();
        link.watch = state.wakeups.at(link.lastHeardNanos + limit.toNanos(), () -> {
            long silent = state.now() - link.lastHeardNanos;
            if (silent >= state.settings.ttl().toNanos()) {
                lose(link, "it was silent for " + state.settings.ttl());
                return;
            }
            if (silent >= state.settings.suspect().toNanos() && !link.isSuspect && link.isConnected) {
                link.isSuspect = true;
                link.refresh();
                unavailable(link.state.id());
                state.listener.workerSuspect(link.state.id());
            }
            watch(link);
        });
    }
}
