package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a pool's router is told of its endpoints: answers to probes, lengths, loads, models and blocks they hold (routing.md
 * §3, §7, §8). News of an endpoint that is not in the pool is ignored. Confined to the pool's owner.
 */
public final class PoolSignals {
    private final PoolContext context;
    private final Turn turn;
    private final Passes passes;
    private final Membership membership;

    PoolSignals(PoolContext context, Turn turn, Passes passes, Membership membership) {
        this.context = context;
        this.turn = turn;
        this.passes = passes;
        this.membership = membership;
    }

    /** {@code endpoint} answers its probe: it has {@code ongoing} ≥ 0 requests. */
    public void probeAnswered(EndpointId endpoint, int ongoing) {
        answered(endpoint, member -> membership.heard(member, ongoing));
    }

    /** {@code endpoint} answers its probe by being gone for good. */
    public void probeDied(EndpointId endpoint) {
        answered(endpoint, membership::died);
    }

    /** {@code endpoint} cannot be asked at the moment. */
    public void probeUnavailable(EndpointId endpoint) {
        answered(endpoint, membership::unavailable);
    }

    /** The probe of {@code endpoint} failed in a way that says nothing. */
    public void probeFailed(EndpointId endpoint) {
        answered(endpoint, member -> {});
    }

    /** {@code endpoint} is gone for good, as its owner knows. */
    void died(EndpointId endpoint) {
        about(endpoint, membership::died);
    }

    /** {@code endpoint} cannot be used at the moment, as its owner knows. */
    void unavailable(EndpointId endpoint) {
        about(endpoint, membership::unavailable);
    }

    /** A reply of {@code endpoint} says that it has {@code ongoing} requests; a negative number is ignored. */
    public void queueLength(EndpointId endpoint, int ongoing) {
        about(endpoint, member -> membership.heard(member, ongoing));
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
                membership.tellChanged();
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
        turn.enter();
        try {
            Member member = context.members.find(endpoint);
            if (member != null) {
                context.now();
                news.accept(member);
            }
        } finally {
            turn.leave();
        }
    }
}
