package dev.headgate.core.route;

import dev.headgate.core.admit.FlowRoom;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import dev.headgate.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    /** How long attempts may still report to a router that has been replaced. */
    private static final long DRAIN_NANOS = 60_000_000_000L;

    private final String name;
    private final PoolContext context;
    private final Notices notices;
    private final Assignments assignments;
    private final Passes passes;
    private final FlowRoom shedding = new FlowRoom(FlowSettings.DEFAULTS); // tells saturation; nobody waits in it
    private final Engines engines = new Engines();
    private final Set<EndpointId> dead = new HashSet<>(); // said that they are gone, and are still listed
    private int depth;

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
                started(name, ticker, fallback, null, 0).router,
                ticker,
                port,
                listener,
                started(name, ticker, plan, null, 1));
    }

    private PoolRouter(
            PoolSettings settings,
            String name,
            RequestRouter fallback,
            Ticker ticker,
            EndpointPort port,
            RouterListener listener,
            InstalledRouter installed) {
        this.name = name;
        context = new PoolContext(settings, ticker, port, listener, fallback, installed);
        context.members.configure(settings);
        notices = new Notices(context);
        assignments = new Assignments(context, this, notices);
        passes = new Passes(context, this, assignments);
    }

    private static InstalledRouter started(
            String pool, Ticker ticker, RouterPlan plan, @Nullable Object state, int generation) {
        PoolSetup setup = new PoolSetup(pool, ticker, plan, state);
        plan.router().start(setup);
        return new InstalledRouter(
                plan.router(), plan.name(), generation, plan.thread(), setup.parts(), setup.recordedRandom());
    }

    /** Replaces the endpoints; those that stay keep what is known of them. Of two with one id the later is left out. */
    public void endpointsChanged(Collection<PoolEndpoint> endpoints) {
        enter();
        try {
            Map<EndpointId, Member> next = new HashMap<>();
            Set<EndpointId> listed = new HashSet<>();
            List<Member> added = new ArrayList<>();
            for (PoolEndpoint endpoint : endpoints) {
                EndpointId id = endpoint.id();
                if (!listed.add(id)) {
                    context.listener.endpointRefused(id, "endpoint: " + id + " (expected: one of that name)");
                } else if (!dead.contains(id)) {
                    Member known = context.members.find(id);
                    Member member = known == null ? new Member(endpoint, engines.of(endpoint)) : known;
                    member.endpoint = endpoint;
                    next.put(id, member);
                    if (known == null) {
                        added.add(member);
                    }
                }
            }
            dead.retainAll(listed);
            become(next);
            added.forEach(member -> passes.probes().inBackground(member, 0));
            for (Member member : context.members.all()) {
                context.mayHelp(member);
            }
        } finally {
            leave();
        }
    }

    @Override
    public Decision route(Call call) {
        enter();
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
            leave();
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
        enter();
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
            leave();
        }
    }

    @Override
    public void cancel(Call call) {
        enter();
        try {
            Lease lease = call.lease;
            boolean waited = context.flow != null && context.flow.leave(call);
            if (passes.leave(call) || waited) {
                context.end(call, Outcome.CANCELLED);
            } else if (lease != null) {
                lease.complete(Outcome.CANCELLED);
            }
        } finally {
            leave();
        }
    }

    /** {@code endpoint} answers its probe: it has {@code ongoing} ≥ 0 requests. */
    public void probeAnswered(EndpointId endpoint, int ongoing) {
        answered(endpoint, member -> heard(member, ongoing));
    }

    /** {@code endpoint} answers its probe by being gone for good. */
    public void probeDied(EndpointId endpoint) {
        answered(endpoint, this::drop);
    }

    /** {@code endpoint} cannot be asked at the moment. */
    public void probeUnavailable(EndpointId endpoint) {
        answered(endpoint, this::forget);
    }

    /** The probe of {@code endpoint} failed in a way that says nothing. */
    public void probeFailed(EndpointId endpoint) {
        answered(endpoint, member -> {});
    }

    /** A reply of {@code endpoint} says that it has {@code ongoing} requests; a negative number is ignored. */
    public void queueLength(EndpointId endpoint, int ongoing) {
        about(endpoint, member -> heard(member, ongoing));
    }

    /** The engine of {@code endpoint} reports its load, as it was {@code report.ageNanos()} ago. */
    public void reported(EndpointId endpoint, LoadReport report) {
        about(endpoint, member -> member.reported(report, context.ticker.nanos() - Math.max(0, report.ageNanos())));
    }

    /** {@code endpoint} says something for routers, {@code stats.ageNanos()} ago. */
    public void stats(EndpointId endpoint, RoutingStats stats) {
        about(endpoint, member -> member.said(stats, context.ticker.nanos() - Math.max(0, stats.ageNanos())));
    }

    /** Other routers of the pool have assigned so much to {@code endpoint}, in place of what was told of them before. */
    public void assignedElsewhere(EndpointId endpoint, int inFlight, long pendingTokens, long residentTokens) {
        about(endpoint, member -> {
            context.members.assignedElsewhere(member.index, inFlight, pendingTokens, residentTokens);
            context.mayHelp(member);
        });
    }

    /** {@code endpoint} holds {@code models} loaded. */
    public void modelsLoaded(EndpointId endpoint, Set<String> models) {
        about(endpoint, member -> {
            if (!models.equals(member.endpoint.models())) {
                member.endpoint = member.endpoint.holding(models);
                tellEndpointsChanged();
                context.mayHelp(member);
            }
        });
    }

    /** {@code endpoint} holds the blocks of {@code prompt}, as a relay knows that has seen its answer. */
    public void blocksHeld(EndpointId endpoint, Prompt prompt) {
        about(endpoint, member -> context.prefixes.computed(member, prompt));
    }

    /** {@code endpoint} dropped {@code block}. */
    public void blockRemoved(EndpointId endpoint, long block) {
        about(endpoint, member -> context.prefixes.removed(member, block));
    }

    /** {@code endpoint} holds no block any longer, as after its restart. */
    public void blocksCleared(EndpointId endpoint) {
        about(endpoint, context.prefixes::cleared);
    }

    /** Returns how many blocks {@code endpoint} is believed to hold. */
    public int blocks(EndpointId endpoint) {
        Member member = context.members.find(endpoint);
        return member == null ? 0 : context.prefixes.blocks(member);
    }

    /** From here on, calls wait in the router as {@code settings} say; those that wait in it already keep waiting. */
    public void flow(FlowSettings settings) {
        enter();
        try {
            context.now();
            if (context.flow == null) {
                context.flow = new FlowGate(context, passes, assignments, settings);
            } else {
                context.flow.change(settings);
            }
        } finally {
            leave();
        }
    }

    /** From here on, no call waits in the router for a saturated pool; those that do go on. */
    public void withoutFlow() {
        enter();
        try {
            context.now();
            FlowGate flow = context.flow;
            if (flow != null) {
                flow.open();
                context.flow = null;
            }
        } finally {
            leave();
        }
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
        enter();
        try {
            context.settings = settings;
            context.members.configure(settings);
            for (Member member : context.members.all()) {
                context.mayHelp(member);
            }
        } finally {
            leave();
        }
    }

    /**
     * Replaces the router between two passes: who waits keeps its place and is chosen for by {@code plan}'s, who is assigned
     * reports to the router that chose it, for a minute at most. Returns why not, empty if it was done; then nothing changed
     * and {@code plan}'s router is closed.
     */
    public Optional<String> swap(RouterPlan plan) {
        enter();
        try {
            context.now();
            InstalledRouter old = context.current;
            InstalledRouter next;
            try {
                next = started(name, context.ticker, plan, handedOver(old), old.generation + 1);
                next.tellParts(part -> part.endpointsChanged(context.members));
                plan.router().endpointsChanged(context.members);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                discard(plan.router());
                return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
            }
            context.current = next;
            assignments.routerChanged();
            old.isRetired = true;
            context.wakeups.at(context.ticker.nanos() + DRAIN_NANOS, () -> notices.close(old));
            closeIfDrained(old);
            context.listener.routerSwapped(next.name, next.generation);
            for (Member member : context.members.all()) {
                context.mayHelp(member);
            }
            return Optional.empty();
        } finally {
            leave();
        }
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
        enter();
        try {
            context.wakeups.advance(context.now());
        } finally {
            leave();
        }
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

    void accepted(PoolLease lease, int ongoing) {
        if (lease.isCompleted() || lease.isReserved()) {
            return;
        }
        enter();
        try {
            heard(lease.member, ongoing);
            assignments.accepted(lease);
        } finally {
            leave();
        }
    }

    boolean rejected(PoolLease lease, int ongoing) {
        Member member = lease.member;
        if (!member.endpoint.canReject() || !lease.end()) {
            return false;
        }
        enter();
        try {
            assignments.giveBack(lease, new Outcome.Throttled(Duration.ZERO));
            context.listener.rejected(lease);
            heard(member, ongoing);
            Call call = lease.call();
            call.tryAgain();
            if (!member.isGone() && context.members.hasRoom(member.index)) {
                passes.againLater(call); // by its own word it has room, so it may reject the next one too
            } else {
                passes.again(call);
            }
            return true;
        } finally {
            leave();
        }
    }

    boolean died(PoolLease lease) {
        return lost(lease, "gone", this::drop);
    }

    boolean unavailable(PoolLease lease) {
        return lost(lease, "unavailable", this::forget);
    }

    void cached(PoolLease lease, int tokens) {
        if (lease.chooser.readsPrefix) {
            int prompt = lease.call().request().prompt().tokens();
            lease.member.feedback.add(prompt - lease.uncachedTokens, tokens);
        }
    }

    void firstToken(PoolLease lease) {
        if (lease.isCompleted() || lease.isReserved()) {
            return;
        }
        enter();
        try {
            assignments.firstToken(lease);
        } finally {
            leave();
        }
    }

    boolean dispatch(PoolLease lease) {
        if (!lease.isReserved() || lease.isCompleted()) {
            throw new IllegalStateException(
                    "lease: not reserved (expected: reserved, and dispatched or released once)");
        }
        enter();
        try {
            if (lease.member.isGone()) {
                lease.complete(new Outcome.Failed(Failure.of(
                        FailureKind.NO_BACKEND_AVAILABLE, "endpoint " + lease.endpoint() + " left the pool")));
                return false;
            }
            lease.unreserve();
            assignments.sent(lease);
            return true;
        } finally {
            leave();
        }
    }

    void settled(PoolLease lease, Outcome outcome) {
        enter();
        try {
            assignments.completed(lease, outcome);
        } finally {
            leave();
        }
    }

    /** Lets waiting calls go on as far as they can at this moment. */
    private void goOn() {
        do {
            passes.advance();
        } while (context.flow != null && context.flow.advance());
    }

    boolean takeOut(Call call) {
        return passes.leave(call);
    }

    void closeIfDrained(InstalledRouter installed) {
        if (installed.isRetired && installed.leases == 0) {
            notices.close(installed);
        }
    }

    /** Does something in this router's context, which {@code change} is called in. */
    void tell(Runnable change) {
        enter();
        try {
            context.now();
            change.run();
        } finally {
            leave();
        }
    }

    private static @Nullable Object handedOver(InstalledRouter old) {
        return old.isQuarantined || old.hangs ? null : old.router.handOver();
    }

    private static void discard(RequestRouter router) {
        try {
            router.close();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            // It was refused already, for the reason that is returned.
        }
    }

    private boolean lost(PoolLease lease, String how, Consumer<Member> consequence) {
        if (!lease.end()) {
            return false;
        }
        enter();
        try {
            FailureKind kind = lease.isPrefilled() ? FailureKind.STREAM_INTERRUPTED : FailureKind.UPSTREAM_UNREACHABLE;
            Outcome outcome = new Outcome.Failed(Failure.of(kind, "endpoint " + lease.endpoint() + " is " + how));
            assignments.giveBack(lease, outcome);
            if (!lease.member.isGone()) {
                consequence.accept(lease.member);
            }
            Call call = lease.call();
            if (lease.isPrefilled()) {
                context.end(call, outcome);
            } else {
                call.tryAgain();
                if (lease.member.isGone()) {
                    passes.again(call);
                } else {
                    passes.againElsewhere(call, lease.member);
                }
            }
            return true;
        } finally {
            leave();
        }
    }

    private void answered(EndpointId endpoint, Consumer<Member> answer) {
        about(endpoint, member -> {
            Probe probe = passes.probes().answered(member);
            if (probe != null) {
                answer.accept(member);
                passes.probes().release(probe);
            }
        });
    }

    private void about(EndpointId endpoint, Consumer<Member> news) {
        enter();
        try {
            Member member = context.members.find(endpoint);
            if (member != null) {
                context.now();
                news.accept(member);
            }
        } finally {
            leave();
        }
    }

    private void heard(Member member, int ongoing) {
        if (ongoing >= 0 && !member.isGone()) {
            context.members.heard(member.index, ongoing);
            notices.tell(router -> router.queueLength(member.id(), ongoing), part -> {});
            context.mayHelp(member);
        }
    }

    private void forget(Member member) {
        context.members.forget(member.index);
        notices.tell(router -> router.unavailable(member.id()), part -> {});
    }

    private void drop(Member member) {
        dead.add(member.id());
        context.listener.endpointDied(member.id());
        notices.tell(router -> router.died(member.id()), part -> part.died(member.id()));
        Map<EndpointId, Member> rest = new HashMap<>();
        for (Member other : context.members.all()) {
            if (other != member) {
                rest.put(other.id(), other);
            }
        }
        become(rest);
    }

    private void become(Map<EndpointId, Member> next) {
        Member[] before = context.members.all();
        Member[] ordered =
                next.values().stream().sorted(Comparator.comparing(Member::id)).toArray(Member[]::new);
        context.now();
        for (Member member : ordered) {
            if (member.isGone()) {
                context.prefixes.join(member);
            }
        }
        context.members.become(ordered);
        assignments.endpointsChanged();
        if (context.flow != null) {
            context.flow.endpointsChanged();
        }
        for (Member member : before) {
            if (member.isGone()) {
                context.prefixes.leave(member);
                passes.probes().left(member);
            }
        }
        tellEndpointsChanged();
    }

    private void tellEndpointsChanged() {
        Candidates all = context.current.thread == null ? context.members : new CandidatesCopy(context.members);
        notices.tell(router -> router.endpointsChanged(all), part -> part.endpointsChanged(all));
    }

    private void enter() {
        depth++;
    }

    /** Lets waiting calls go on; callbacks are delivered at the end of the outermost call, and what they tell joins in. */
    private void leave() {
        try {
            goOn();
            if (depth == 1) {
                context.deliver();
            }
        } finally {
            depth--;
        }
    }
}
