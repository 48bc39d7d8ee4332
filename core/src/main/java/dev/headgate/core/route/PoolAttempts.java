package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Outcome;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What becomes of the attempts of a pool's leases: accepted, rejected, lost or over. Confined to the pool's owner. */
final class PoolAttempts {
    private final PoolContext context;
    private final Turn turn;
    private final Assignments assignments;
    private final Passes passes;
    private final Membership membership;

    PoolAttempts(PoolContext context, Turn turn, Assignments assignments, Passes passes, Membership membership) {
        this.context = context;
        this.turn = turn;
        this.assignments = assignments;
        this.passes = passes;
        this.membership = membership;
    }

    /**
     * Reserves room on {@code endpoint} for a call that was chosen for elsewhere, whatever else it has; null if it is not of
     * this pool.
     */
    @Nullable
    PoolLease grant(Call call, EndpointId endpoint) {
        turn.enter();
        try {
            call.isReserving = true;
            call.arrive(context.now(), ++context.sequence);
            Member member = context.members.find(endpoint);
            return member == null ? null : assignments.assign(call, member, context.current);
        } finally {
            turn.leave();
        }
    }

    void accepted(PoolLease lease, int ongoing) {
        if (lease.isCompleted() || lease.isReserved()) {
            return;
        }
        turn.enter();
        try {
            membership.heard(lease.member, ongoing);
            assignments.accepted(lease);
        } finally {
            turn.leave();
        }
    }

    boolean rejected(PoolLease lease, int ongoing) {
        Member member = lease.member;
        if (!member.endpoint.canReject() || !lease.end()) {
            return false;
        }
        turn.enter();
        try {
            assignments.giveBack(lease, new Outcome.Throttled(Duration.ZERO));
            context.listener.rejected(lease);
            membership.heard(member, ongoing);
            Call call = lease.call();
            call.tryAgain();
            waitsAgain(call);
            if (!member.isGone() && context.members.hasRoom(member.index)) {
                passes.againLater(call); // by its own word it has room, so it may reject the next one too
            } else {
                passes.again(call);
            }
            return true;
        } finally {
            turn.leave();
        }
    }

    boolean died(PoolLease lease) {
        return lost(lease, "gone", membership::died);
    }

    boolean unavailable(PoolLease lease) {
        return lost(lease, "unavailable", membership::unavailable);
    }

    void cached(PoolLease lease, int tokens) {
        if (lease.chooser.readsPrefix) {
            lease.member.feedback.add(lease.indexedTokens, tokens);
        }
    }

    void firstToken(PoolLease lease) {
        if (lease.isCompleted() || lease.isReserved()) {
            return;
        }
        turn.enter();
        try {
            assignments.firstToken(lease);
        } finally {
            turn.leave();
        }
    }

    boolean dispatch(PoolLease lease) {
        if (!lease.isReserved() || lease.isCompleted()) {
            throw new IllegalStateException(
                    "lease: not reserved (expected: reserved, and dispatched or released once)");
        }
        turn.enter();
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
            turn.leave();
        }
    }

    void settled(PoolLease lease, Outcome outcome) {
        turn.enter();
        try {
            assignments.completed(lease, outcome);
        } finally {
            turn.leave();
        }
    }

    /** Its time in the waiting room goes on. */
    private void waitsAgain(Call call) {
        if (context.flow != null) {
            context.flow.waitsAgain(call);
        }
    }

    private boolean lost(PoolLease lease, String how, Consumer<Member> consequence) {
        if (!lease.end()) {
            return false;
        }
        turn.enter();
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
                waitsAgain(call);
                if (lease.member.isGone()) {
                    passes.again(call);
                } else {
                    passes.againElsewhere(call, lease.member);
                }
            }
            return true;
        } finally {
            turn.leave();
        }
    }
}
