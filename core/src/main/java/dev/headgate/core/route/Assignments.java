package dev.headgate.core.route;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.InstalledRouter.Notice;
import dev.headgate.core.signal.Ewma;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What happens when a call is assigned, and when an attempt ends: counters, what routers are told, what callers hear. */
final class Assignments {
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** Callers take a longer hint for a statement about an outage, not for an estimate (clients.md). */
    private static final long MOST_SECONDS = 59;

    private final PoolContext context;
    private final PoolRouter pool;
    private final Notices notices;
    private @Nullable Call lookedFor; // whose cached tokens the members tell

    private final Ewma waitNanos = new Ewma(0.1, 0); // of those that were assigned after a wait

    Assignments(PoolContext context, PoolRouter pool, Notices notices) {
        this.notices = notices;
        this.context = context;
        this.pool = pool;
    }

    /** Fills in what each endpoint holds of the prompt of {@code call}, if {@code router} wants to know. */
    void look(Call call, InstalledRouter router) {
        context.members.chooseFor(call.request().prompt().tokens());
        if (router.readsPrefix) {
            lookedFor = call;
            context.prefixes.look(call.request().prompt(), context.members, context.members.cachedTokens());
        }
    }

    /** Reserves a slot of {@code member}, all counters included, and sends unless the call only reserves. */
    PoolLease assign(Call call, Member member, InstalledRouter chooser) {
        Prompt prompt = call.request().prompt();
        int tokens = prompt.tokens();
        int uncached = tokens;
        if (chooser.readsPrefix) {
            if (lookedFor != call) {
                look(call, chooser);
            }
            uncached -= Math.min(tokens, context.members.cachedTokens(member.index));
            context.prefixes.assigned(member, prompt);
            context.members.asked(tokens);
        }
        lookedFor = null;
        boolean isLearnedFrom = chooser.readsPrediction || context.flow != null;
        if (isLearnedFrom) {
            Engines.sent(call, context.members.pendingTokens(member.index), context.ticker.nanos());
            call.prefillSeconds = member.learner.model().prefillSeconds(uncached, tokens - uncached);
            member.backlog.add(call, context.ticker.nanos());
            member.enter(call.metadata().multiplexedModelId());
        }
        context.members.assigned(member.index, uncached, tokens);
        PoolLease lease = new PoolLease(call, pool, member, chooser, uncached);
        lease.isLearnedFrom = isLearnedFrom;
        lease.indexedTokens = chooser.readsPrefix ? member.indexedTokens : 0;
        chooser.leases++;
        if (context.flow != null) {
            context.flow.assigned(call);
        }
        call.lease = lease;
        call.attempts++;
        if (call.isReserving) {
            lease.reserve();
        } else {
            sent(lease);
        }
        return lease;
    }

    /** Another router chooses, which may not look at cached tokens. */
    void routerChanged() {
        lookedFor = null;
        Arrays.fill(context.members.cachedTokens(), 0);
    }

    /** The endpoints changed, and with them the places of their cached tokens. */
    void endpointsChanged() {
        lookedFor = null;
    }

    /** An attempt is being sent. */
    void sent(PoolLease lease) {
        context.listener.sent(lease);
        notices.tell(Notice.SENT, lease, Outcome.CANCELLED);
    }

    /** The endpoint takes the attempt. */
    void accepted(PoolLease lease) {
        if (lease.accept()) {
            context.listener.routed(lease);
            notices.tell(Notice.ROUTED, lease, Outcome.CANCELLED);
        }
    }

    /** The first token came. */
    void firstToken(PoolLease lease) {
        accepted(lease);
        if (lease.prefill()) {
            if (lease.isLearnedFrom) {
                Engines.firstToken(lease, context.ticker.nanos());
            }
            prefilled(lease);
            notices.tell(Notice.FIRST_TOKEN, lease, Outcome.CANCELLED);
        }
    }

    /** An attempt is over with {@code outcome}, which is its call's. */
    void completed(PoolLease lease, Outcome outcome) {
        if (!lease.member.isGone()) {
            context.members.shorten(lease.member.index);
        }
        giveBack(lease, outcome);
        if (context.flow != null && outcome instanceof Outcome.Completed completed) {
            context.flow.completed(lease.call(), completed);
        }
        context.end(lease.call(), outcome);
    }

    /** An attempt is over with {@code outcome}, which is not its call's; the endpoint's length does not change. */
    void giveBack(PoolLease lease, Outcome outcome) {
        if (outcome instanceof Outcome.Completed) {
            accepted(lease);
        }
        Member member = lease.member;
        Prompt prompt = lease.call().request().prompt();
        if (lease.isLearnedFrom && !member.isGone() && outcome instanceof Outcome.Completed completed) {
            Engines.completed(
                    lease,
                    completed,
                    context.members.inFlight(member.index),
                    context.members.residentTokens(member.index),
                    context.ticker.nanos());
        }
        if (!lease.isPrefilled() && outcome instanceof Outcome.Completed) {
            prefilled(lease);
        } else if (!lease.isPrefilled() && !member.isGone()) {
            member.backlog.remove(lease.call(), context.ticker.nanos());
            context.members.prefilled(member.index, lease.uncachedTokens);
            if (lease.chooser.readsPrefix) {
                context.prefixes.withdrawn(member, prompt);
            }
        }
        if (lease.isLearnedFrom) {
            member.leave(lease.call().metadata().multiplexedModelId());
        }
        if (!member.isGone()) {
            context.members.left(member.index, prompt.tokens());
            context.mayHelp(member);
        }
        if (!lease.isReserved()) {
            notices.tell(Notice.COMPLETED, lease, outcome);
        }
        lease.chooser.leases--;
        notices.closeIfDrained(lease.chooser);
    }

    /** A call that may not wait ends. */
    void refuse(Call call) {
        Failure failure = Failure.retryAfter(
                FailureKind.BACK_PRESSURE,
                context.waiting() + " requests wait for the pool (limit: " + context.settings.maxQueued() + ")",
                predictedWait());
        context.end(call, new Outcome.Failed(failure));
    }

    /** Learns how long a call waited that was assigned. */
    void waited(long nanos) {
        waitNanos.add(nanos);
    }

    /** Returns after what time a refused call may find room, 1–59 s: about as long as calls have waited of late. */
    Duration predictedWait() {
        long seconds = (long) Math.ceil(waitNanos.value() / SECOND_NANOS);
        return Duration.ofSeconds(Math.max(1, Math.min(MOST_SECONDS, seconds)));
    }

    private void prefilled(PoolLease lease) {
        Member member = lease.member;
        if (!member.isGone()) {
            member.backlog.remove(lease.call(), context.ticker.nanos());
            context.members.prefilled(member.index, lease.uncachedTokens);
            if (lease.chooser.readsPrefix) {
                context.prefixes.computed(member, lease.call().request().prompt());
            }
        }
    }
}
