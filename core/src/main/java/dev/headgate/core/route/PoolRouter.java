package dev.headgate.core.route;

import dev.headgate.core.admit.FlowRoom;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.time.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Routes over the endpoints of one pool by a {@link RequestRouter}: choose, and reserve in the same step; else probe, else
 * wait and try again (routing.md §2 and §3).
 *
 * <p>A state machine: calls, leases' fates and endpoints' words go in, {@link Call} callbacks and {@link EndpointPort}
 * questions come out. Every public method tells it something, lets waiting calls go on, and then delivers callbacks, which
 * may call back in. Confined to its owner, who also calls {@link #advance} no later than {@link #nextWakeup} says.
 * While nobody waits, routing and completing allocate only the lease and the decision.
 */
public final class PoolRouter implements Router {
    final PoolAttempts attempts;
    private final PoolContext context;
    private final Turn turn;
    private final Assignments assignments;
    private final Passes passes;
    private final Membership membership;
    private final PoolSignals signals;
    private final RouterSwap swap;
    private final FlowRoom shedding = new FlowRoom(FlowSettings.DEFAULTS); // tells saturation; nobody waits in it

    /** Creates a pool without endpoints; both routers are started. {@code fallback} chooses where {@code router} fails. */
    public PoolRouter(
            PoolSettings settings,
            String name,
            RequestRouter router,
            RequestRouter fallback,
            Ticker ticker,
            EndpointPort port,
            RouterListener listener) {
        this(
                settings,
                name,
                fallback,
                ticker,
                port,
                listener,
                new InstalledRouter(router, name, 1, null, List.of(), null));
    }

    /**
     * Creates a pool without endpoints, and starts its router and the one that chooses where that fails.
     *
     * @throws IllegalArgumentException if a router refuses a parameter
     */
    public PoolRouter(
            PoolSettings settings,
            String name,
            RouterPlan plan,
            RouterPlan fallback,
            Ticker ticker,
            EndpointPort port,
            RouterListener listener) {
        this(
                settings,
                name,
                RouterSwap.started(name, ticker, fallback, null, 0).router,
                ticker,
                port,
                listener,
                RouterSwap.started(name, ticker, plan, null, 1));
    }

    private PoolRouter(
            PoolSettings settings,
            String name,
            RequestRouter fallback,
            Ticker ticker,
            EndpointPort port,
            RouterListener listener,
            InstalledRouter installed) {
        context = new PoolContext(settings, ticker, port, listener, fallback, installed);
        context.members.configure(settings);
        turn = new Turn(context, this::goOn);
        Notices notices = new Notices(context);
        assignments = new Assignments(context, this, notices);
        passes = new Passes(context, turn, assignments);
        membership = new Membership(context, notices, assignments, passes);
        signals = new PoolSignals(context, turn, passes, membership);
        attempts = new PoolAttempts(context, turn, assignments, passes, membership);
        swap = new RouterSwap(name, context, notices, assignments, membership);
    }

    /** Replaces the endpoints; those that stay keep what is known of them. Of two with one id the later is left out. */
    public void endpointsChanged(Collection<PoolEndpoint> endpoints) {
        turn.take(() -> membership.become(endpoints));
    }

    /** Returns where to tell what is heard of the endpoints. */
    public PoolSignals signals() {
        return signals;
    }

    @Override
    public Decision route(Call call) {
        turn.enter();
        try {
            call.arrive(context.now(), ++context.sequence);
            context.arriving = call;
            if (call.request().deadline().isPast(context.ticker.nanos())) {
                context.end(
                        call,
                        new Outcome.Failed(Failure.of(
                                FailureKind.DEADLINE_EXCEEDED, "the deadline passed before the request came")));
            } else {
                admit(call);
            }
            goOn();
            return decision(call);
        } finally {
            context.arriving = null;
            turn.leave();
        }
    }

    private void admit(Call call) {
        if (context.flow != null) {
            context.flow.arrived(call);
        } else if (call.request().priority() < 0 && shedding.saturation(context.members, call.request()) >= 1) {
            Failure failure = Failure.retryAfter(
                    FailureKind.REJECTED_SATURATED,
                    "the pool is saturated (expected: a priority >= 0, or a pool with room)",
                    assignments.predictedWait());
            context.end(call, new Outcome.Failed(failure));
        } else {
            passes.arrived(call);
        }
    }

    private Decision decision(Call call) {
        Lease lease = call.lease;
        if (call.outcome instanceof Outcome.Failed failed) {
            context.listener.refused(call, failed.failure());
            return new Decision.Refused(failed.failure());
        }
        return lease != null && !lease.isCompleted() ? new Decision.Routed(lease) : Decision.WAITING;
    }

    /**
     * Routes a call whose lease is sent later: {@link PoolLease#dispatch} or {@link PoolLease#release} follows, exactly
     * once.
     */
    public Decision reserve(Call call) {
        call.isReserving = true;
        return route(call);
    }

    /** Sends a call made by {@code calls} to every endpoint, whether it has room or not; returns their leases. */
    public List<Lease> broadcast(Function<EndpointId, Call> calls) {
        turn.enter();
        try {
            context.now();
            List<Lease> leases = new ArrayList<>();
            for (Member member : context.members.all()) {
                Call call = calls.apply(member.id());
                call.arrive(context.ticker.nanos(), ++context.sequence);
                leases.add(assignments.assign(call, member, context.current));
            }
            return leases;
        } finally {
            turn.leave();
        }
    }

    @Override
    public void cancel(Call call) {
        turn.enter();
        try {
            Lease lease = call.lease;
            boolean waited = context.flow != null && context.flow.leave(call);
            if (passes.leave(call) || waited) {
                context.end(call, Outcome.CANCELLED);
            } else if (lease != null) {
                lease.complete(Outcome.CANCELLED);
            }
        } finally {
            turn.leave();
        }
    }

    /** From here on, calls wait in the router as {@code settings} say; those that wait in it already keep waiting. */
    public void flow(FlowSettings settings) {
        turn.take(() -> {
            if (context.flow == null) {
                context.flow = new FlowGate(context, passes, assignments, settings);
            } else {
                context.flow.change(settings);
            }
        });
    }

    /** From here on, no call waits in the router for a saturated pool; those that do go on. */
    public void withoutFlow() {
        turn.take(() -> {
            FlowGate flow = context.flow;
            if (flow != null) {
                flow.open();
                context.flow = null;
            }
        });
    }

    /** Explains {@code share} of all choices from now on, 0 to 1, and those of calls that ask; 0 = those only. */
    public void explain(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0 to 1)");
        }
        context.explanations = new Explanations(share);
    }

    /** Returns the explanation numbered {@code id}, empty if it is not kept. */
    public Optional<Explanation> explanation(long id) {
        return context.explanations == null ? Optional.empty() : context.explanations.find(id);
    }

    /** Changes the settings; what waits keeps waiting, whatever the new limit. */
    public void settingsChanged(PoolSettings settings) {
        turn.take(() -> {
            context.settings = settings;
            context.members.configure(settings);
            context.prefixes.limit(settings.index(), context.members.all());
            membership.mayHelpAll();
        });
    }

    /**
     * Replaces the router between two passes: who waits keeps its place and is chosen for by {@code plan}'s, who is assigned
     * reports to the router that chose it, for a minute at most. Returns why not, empty if it was done; then nothing changed
     * and {@code plan}'s router is closed.
     */
    public Optional<String> swap(RouterPlan plan) {
        turn.enter();
        try {
            context.now();
            return swap.to(plan);
        } finally {
            turn.leave();
        }
    }

    /** Returns what another router needs to start outside of the owner's context. */
    RouterSwap.Ground ground() {
        context.now();
        return swap.ground();
    }

    /** Replaces the router as {@link #swap(RouterPlan)} does, by one that has started. */
    Optional<String> swap(InstalledRouter ready) {
        turn.take(() -> swap.to(ready));
        return Optional.empty();
    }

    /** Replaces what chooses where the router fails. */
    void fallback(RouterPlan plan) {
        turn.take(() -> swap.fallback(plan));
    }

    /** Returns how many routers the pool has had. */
    public int generation() {
        return context.current.generation;
    }

    /** Returns how often the router in force has failed. */
    public long routerFailures() {
        return context.current.failures;
    }

    /** Runs what is due. */
    public void advance() {
        turn.enter();
        try {
            context.wakeups.advance(context.now());
        } finally {
            turn.leave();
        }
    }

    /** Lets calls in the waiting room look whether there is anything left that they may use; about each half second. */
    void look() {
        turn.take(() -> {
            if (context.flow != null) {
                context.flow.look();
            }
        });
    }

    /** Returns when {@link #advance} is due next, on the ticker; empty if nothing is set. */
    public OptionalLong nextWakeup() {
        return context.wakeups.next();
    }

    /** Returns how many calls wait. */
    public int waiting() {
        return context.waiting();
    }

    /** Returns how many of those that wait are active. */
    public int active() {
        return context.active.size();
    }

    /** Returns the endpoints as routers see them, to be read in the owner's context. */
    public Candidates candidates() {
        context.now();
        return context.members;
    }

    /** Lets waiting calls go on as far as they can at this moment. */
    private void goOn() {
        do {
            passes.advance();
        } while (context.flow != null && context.flow.advance());
    }
}
