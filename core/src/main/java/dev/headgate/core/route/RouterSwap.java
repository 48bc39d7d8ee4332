package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.time.Ticker;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a pool gets its router, and another one while it runs (routing.md §5). Confined to the pool's owner. */
final class RouterSwap {
    /** How long attempts may still report to a router that has been replaced. */
    private static final long DRAIN_NANOS = 60_000_000_000L;

    private final String pool;
    private final PoolContext context;
    private final Notices notices;
    private final Assignments assignments;
    private final Membership membership;

    RouterSwap(String pool, PoolContext context, Notices notices, Assignments assignments, Membership membership) {
        this.pool = pool;
        this.context = context;
        this.notices = notices;
        this.assignments = assignments;
        this.membership = membership;
    }

    /** Starts the router of {@code plan} for {@code pool}. */
    static InstalledRouter started(
            String pool, Ticker ticker, RouterPlan plan, @Nullable Object state, int generation) {
        PoolSetup setup = new PoolSetup(pool, ticker, plan, state);
        plan.router().start(setup);
        return new InstalledRouter(
                plan.router(), plan.name(), generation, plan.thread(), setup.parts(), setup.recordedRandom());
    }

    /** Returns what another router needs to start outside of the owner's context. */
    Ground ground() {
        InstalledRouter old = context.current;
        Object state = old.thread == null ? handedOver(old) : null;
        return new Ground(pool, context.ticker, old, state, new CandidatesCopy(context.members));
    }

    /** Replaces the router; returns why not, empty if it was done. */
    Optional<String> to(RouterPlan plan) {
        InstalledRouter old = context.current;
        InstalledRouter next;
        try {
            next = started(pool, context.ticker, plan, handedOver(old), old.generation + 1, context.members);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            discard(plan.router());
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        to(next);
        return Optional.empty();
    }

    /** Replaces the router by one that has started. */
    void to(InstalledRouter next) {
        InstalledRouter old = context.current;
        context.current = next;
        assignments.routerChanged();
        old.isRetired = true;
        context.wakeups.at(context.ticker.nanos() + DRAIN_NANOS, () -> notices.close(old));
        notices.closeIfDrained(old);
        context.listener.routerSwapped(next.name, next.generation);
        membership.mayHelpAll();
    }

    /** Replaces what chooses where the router fails. */
    void fallback(RouterPlan plan) {
        RequestRouter old = context.fallback;
        context.fallback = started(pool, context.ticker, plan, null, 0).router;
        context.fallback.endpointsChanged(context.members);
        discard(old);
    }

    private static InstalledRouter started(
            String pool, Ticker ticker, RouterPlan plan, @Nullable Object state, int generation, Candidates members) {
        InstalledRouter next = started(pool, ticker, plan, state, generation);
        next.tellParts(part -> part.endpointsChanged(members));
        plan.router().endpointsChanged(members);
        return next;
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

    /**
     * What a router starts from.
     *
     * @param old the router in force
     * @param state what it handed over; null also if it does that on its own thread
     * @param members the endpoints as they were
     */
    record Ground(
            String pool,
            Ticker ticker,
            InstalledRouter old,
            @Nullable Object state,
            CandidatesCopy members) {
        /**
         * Starts the router of {@code plan}, outside of the pool's context.
         *
         * @throws IllegalArgumentException if it does not start; it is closed then
         */
        InstalledRouter ready(RouterPlan plan) {
            try {
                Object handed = old.thread == null ? state : handedOver(old);
                return started(pool, ticker, plan, handed, old.generation + 1, members);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                discard(plan.router());
                throw new IllegalArgumentException("router: " + (e.getMessage() == null ? e : e.getMessage()), e);
            }
        }
    }
}
