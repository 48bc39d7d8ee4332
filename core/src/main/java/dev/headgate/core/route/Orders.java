package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.MissCause;
import dev.headgate.core.place.Model;
import dev.headgate.core.place.PlacementActions;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out what a placement policy decides. */
final class Orders implements PlacementActions {
    private final DispatchState state;
    private final Attempts attempts;
    private @Nullable Wakeup nextDecision;

    Orders(DispatchState state, Attempts attempts) {
        this.state = state;
        this.attempts = attempts;
    }

    @Override
    public void assign(Ticket ticket, Copy copy) {
        attempts.assign((CallTicket) ticket, copy);
    }

    @Override
    public boolean hasRouter() {
        return state.pool != null;
    }

    @Override
    public @Nullable Copy choose(Ticket ticket, List<Copy> able) {
        return state.pool == null ? able.get(0) : state.pool.choose((CallTicket) ticket, able);
    }

    @Override
    public void load(WorkerState worker, Model model, List<Copy> victims, MissCause cause) {
        List<String> evicted =
                victims.stream().map(victim -> victim.model().label()).toList();
        state.fleet.beginLoad(worker, model, victims, cause, state.now());
        evicted.forEach(label -> state.listener.evicted(worker.id(), label));
        state.listener.loading(worker.id(), model.label(), cause.label());
        state.port.load(worker.id(), model.label(), evicted);
    }

    @Override
    public void loadWithin(Ticket ticket, WorkerState worker, Model model, List<Copy> victims) {
        load(worker, model, victims, model.nextMissCause());
        Copy copy = worker.copy(model);
        WorkerLink link = state.links.get(worker.id());
        if (copy != null && link != null && ticket.grant()) {
            link.boundWhileLoading.put(model.label(), (CallTicket) ticket);
            state.fleet.beginRun(ticket, copy, state.now());
        }
    }

    @Override
    public void wakeAt(long atNanos) {
        Wakeup pending = nextDecision;
        if (pending != null && pending.atNanos() - atNanos <= 0 && pending.atNanos() - state.now() > 0) {
            return; // the policy decides then, and asks again for what is left
        }
        if (pending != null) {
            pending.cancel();
        }
        nextDecision = state.wakeups.at(atNanos, () -> nextDecision = null); // advance() decides afterwards
    }
}
