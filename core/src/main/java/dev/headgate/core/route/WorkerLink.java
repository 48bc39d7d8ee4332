package dev.headgate.core.route;

import dev.headgate.core.place.DrainPlan;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A worker as the router knows it: its connection, its liveness and the leases it holds. */
final class WorkerLink {
    final WorkerState state;
    WorkerOffer offer;
    final Map<Long, PlacedLease> leases = new LinkedHashMap<>(); // by token, in order of assignment
    final Map<String, CallTicket> boundWhileLoading = new HashMap<>(); // by label
    long lastHeardNanos;
    boolean isConnected = true;
    boolean isSuspect;
    boolean isDraining;
    boolean isPaused; // refused a task; takes work again once it is heard of

    @Nullable
    DrainPlan drainPlan; // while its labels are loaded elsewhere

    @Nullable
    Wakeup watch;

    @Nullable
    Wakeup grace;

    WorkerLink(WorkerState state, WorkerOffer offer, long nowNanos) {
        this.state = state;
        this.offer = offer;
        this.lastHeardNanos = nowNanos;
    }

    /** Brings what placement sees in line with the connection. */
    void refresh() {
        if (!isConnected || isSuspect || isDraining || isPaused) {
            state.intake(WorkerState.Intake.NOTHING);
        } else {
            state.intake(drainPlan == null ? WorkerState.Intake.ALL : WorkerState.Intake.RESIDENT_ONLY);
        }
    }

    @Nullable
    PlacedLease lease(LeaseKey key) {
        PlacedLease lease = leases.get(key.token());
        return lease != null && lease.key().equals(key) ? lease : null;
    }
}
