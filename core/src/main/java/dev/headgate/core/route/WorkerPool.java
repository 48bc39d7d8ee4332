package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.place.Copy;
import dev.headgate.core.place.WorkerState;
import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher's workers as the endpoints of a pool, whose router says which of those that could run a task does.
 *
 * <p>Tasks wait in the dispatcher, so nothing waits here: a choice is made in one pass, or placement's own stands. Every task
 * that is sent holds a lease of the pool beside its own, so that the router hears of it whoever chose. A router with a thread
 * of its own is asked for one task at a time, and placement waits for it. Confined to the dispatcher's owner.
 */
final class WorkerPool {
    private final DispatchState state;
    private final Surroundings around;
    private final Runnable news;
    private final PoolRouter router;
    private RouterSettings settings;
    private long seen = -1; // the fleet's revision that the router knows
    private @Nullable WorkerChoice choice; // the one that is asked for, or that is not made use of yet

    /**
     * Creates it; {@code news} decides again.
     *
     * @throws IllegalArgumentException if the router does not start
     */
    WorkerPool(String name, RouterSettings settings, DispatchState state, Surroundings around, Runnable news) {
        this.settings = settings;
        this.state = state;
        this.around = around;
        this.news = news;
        router = new PoolRouter(
                settings.loop().withMaxQueued(0),
                name,
                settings.plan(around.random(), around.owner()),
                settings.second(around.random()),
                state.ticker,
                EndpointPort.NONE,
                new News(state.listener));
        router.explain(PolicyPool.EXPLAINED_SHARE);
    }

    /** Goes on with another router; returns why not, empty if it was done or is no other. */
    Optional<String> changed(RouterSettings next) {
        Optional<String> refusal =
                next.routesLike(settings) ? Optional.empty() : router.swap(next.plan(around.random(), around.owner()));
        if (refusal.isEmpty()) {
            settings = next;
        }
        return refusal;
    }

    /** Tells the router of workers and models that are others, and forgets a choice that nobody waits for. */
    void refresh() {
        WorkerChoice made = choice;
        if (made != null && made.ticket().state() != Ticket.State.WAITING) {
            drop(made);
        }
        if (seen == state.fleet.revision()) {
            return;
        }
        seen = state.fleet.revision();
        List<PoolEndpoint> endpoints = new ArrayList<>();
        for (WorkerState worker : state.fleet.workers()) {
            endpoints.add(endpoint(worker));
        }
        router.endpointsChanged(endpoints);
    }

    private PoolEndpoint endpoint(WorkerState worker) {
        Set<String> models = new HashSet<>();
        for (Copy copy : worker.copies()) {
            if (copy.isReady()) {
                models.add(copy.model().label());
            }
        }
        WorkerLink link = state.links.get(worker.id());
        Map<String, String> labels = link == null ? Map.of() : Map.of("engine", link.offer.engine());
        int slots = worker.capacity().runSlots();
        return new PoolEndpoint(worker.id(), "", "", models, slots, 1, labels, 0, false, false);
    }

    /**
     * Returns which of {@code able} is to run {@code ticket}; the first, which placement prefers, if the router names none of
     * them. Null if it answers later, or is busy with another task.
     */
    @Nullable
    Copy choose(CallTicket ticket, List<Copy> able) {
        refresh();
        WorkerChoice made = choice;
        if (made != null) {
            if (made.isOpen()) {
                return null;
            }
            Copy known = made.ticket() == ticket ? made.among(able) : null;
            if (known != null) {
                return known;
            }
            drop(made); // what was chosen has changed meanwhile
        }
        WorkerChoice next = new WorkerChoice(ticket, able, this::heard);
        choice = next;
        next.answered(router.reserve(next));
        return next.isOpen() ? null : next.among(able);
    }

    private void heard(WorkerChoice made) {
        if (choice == made) {
            news.run();
        }
    }

    /** {@code ticket} is sent to {@code copy}; returns the pool's lease, null if the pool does not know the worker. */
    @Nullable
    Lease sent(CallTicket ticket, Copy copy) {
        WorkerChoice made = choice;
        PoolLease lease = null;
        if (made != null && made.ticket() == ticket) {
            PoolLease reserved = made.reserved();
            if (reserved != null && reserved.endpoint().equals(copy.worker().id())) {
                choice = null;
                lease = reserved;
                ticket.call().explanationId = made.explanationId();
            } else {
                drop(made);
            }
        }
        if (lease == null) {
            refresh();
            WorkerChoice placed = new WorkerChoice(ticket, List.of(copy), one -> {});
            lease = router.attempts.grant(placed, copy.worker().id());
        }
        if (lease != null) {
            lease.dispatch();
        }
        return lease;
    }

    private void drop(WorkerChoice made) {
        choice = null;
        PoolLease reserved = made.reserved();
        if (reserved != null) {
            reserved.release();
        } else if (made.isOpen()) {
            router.cancel(made);
        }
    }

    /** A worker is gone for good. */
    void died(EndpointId worker) {
        router.signals().died(worker);
        refresh(); // at once, so that another process may take its name
    }

    /** A worker is silent, disconnected, or full by its own word. */
    void unavailable(EndpointId worker) {
        router.signals().unavailable(worker);
    }

    PoolRouter router() {
        return router;
    }

    /** Returns what the admin API tells; {@code waiting} is how many tasks wait in the dispatcher. */
    PolicyStatus status(int waiting) {
        return new PolicyStatus(settings.policy(), router.generation(), waiting, router.routerFailures());
    }

    /**
     * What a router of workers gets from the edge.
     *
     * @param random its chance; thread-safe, as a router with a thread of its own draws there
     * @param owner runs what it is given in the dispatcher's context
     */
    record Surroundings(RandomGenerator random, Consumer<Runnable> owner) {}

    /** Passes on what happens to the router; what happens to tasks, the dispatcher tells itself. */
    private record News(RouterListener listener) implements RouterListener {
        @Override
        public void routerFailed(String router, RouterFault fault) {
            listener.routerFailed(router, fault);
        }

        @Override
        public void routerQuarantined(String router, int generation) {
            listener.routerQuarantined(router, generation);
        }

        @Override
        public void routerSwapped(String router, int generation) {
            listener.routerSwapped(router, generation);
        }
    }
}
