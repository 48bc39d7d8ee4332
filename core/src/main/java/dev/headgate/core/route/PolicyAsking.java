package dev.headgate.core.route;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import org.jspecify.annotations.Nullable;

/** A call's questions to the policies of its pools, one at a time: who is to serve it, and what came of it. */
final class PolicyAsking {
    private final AttemptLoop loop;
    private final FailoverCall call;
    private @Nullable BackendChoice waiting; // for the policy's answer
    private @Nullable PolicyPool asked;

    PolicyAsking(AttemptLoop loop, FailoverCall call) {
        this.loop = loop;
        this.call = call;
    }

    /** Returns whether the policy has not chosen yet. */
    boolean isWaiting() {
        return waiting != null;
    }

    /** Takes the question back, if one is open. */
    void cancel() {
        BackendChoice choice = waiting;
        if (choice != null && asked != null) {
            waiting = null;
            asked.cancel(choice);
        }
    }

    /** Asks for any backend, or for {@code only} one; null if there is none after all. */
    @Nullable
    Step ask(PolicyPool policy, @Nullable Candidate only, long nowNanos) {
        BackendChoice choice = new BackendChoice(call.request, loop.selection, only, call.router, call.caller());
        return took(policy, choice, policy.ask(choice), nowNanos);
    }

    /** The backend of {@code lease} did not take the request: asks for another; null if there is none. */
    @Nullable
    Step again(PoolState pool, Lease lease, int ongoing, long nowNanos) {
        PolicyPool policy = pool.policy;
        if (policy == null || !(lease.call() instanceof BackendChoice choice)) {
            throw new IllegalStateException("lease: of " + lease.endpoint() + " (expected: of a pool with a policy)");
        }
        PolicyPool.Asked heard = policy.rejected(choice, lease, ongoing);
        if (loop.isDecided()) {
            policy.cancel(choice);
            return Step.Pending.PENDING;
        }
        return took(policy, choice, heard, nowNanos);
    }

    /** The policy may have chosen: goes on if it has; null if there is nothing to go on with. */
    @Nullable
    Step chosen(long nowNanos) {
        BackendChoice choice = waiting;
        PolicyPool policy = asked;
        if (choice == null || policy == null) {
            return null;
        }
        PolicyPool.Asked heard = policy.heard(choice);
        if (heard.waits()) {
            return Step.Pending.PENDING;
        }
        waiting = null;
        return took(policy, choice, heard, nowNanos);
    }

    private @Nullable Step took(PolicyPool policy, BackendChoice choice, PolicyPool.Asked heard, long nowNanos) {
        Failure refusal = heard.refusal();
        if (refusal != null) {
            return loop.refusedByPolicy(refusal, nowNanos);
        }
        Lease lease = heard.lease();
        if (lease == null) {
            if (heard.isStarved()) {
                return null;
            }
            waiting = choice;
            asked = policy;
            return Step.Pending.PENDING;
        }
        Candidate candidate = loop.selection.models().find(lease.endpoint());
        Step step = candidate == null ? null : send(candidate, choice, lease, nowNanos);
        if (!(step instanceof Step.Send)) {
            policy.complete(lease, Outcome.CANCELLED);
        }
        return step;
    }

    private @Nullable Step send(Candidate candidate, BackendChoice choice, Lease lease, long nowNanos) {
        boolean wasAvailable = candidate.isUndisturbed(nowNanos);
        return choice.only() == null
                ? loop.send(candidate, choice.relaxed(), lease, wasAvailable, nowNanos)
                : loop.sendAgain(candidate, lease, wasAvailable, nowNanos);
    }
}
