package dev.headgate.core.failover;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import org.jspecify.annotations.Nullable;

/** A call's questions to the policies of its pools, one at a time: who is to serve it, and what came of it. */
final class PolicyAsking {
    private final AttemptLoop loop;
    private final FailoverCall call;
    private @Nullable Asked waiting; // for the policy's answer

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
        Asked asked = waiting;
        if (asked != null) {
            waiting = null;
            asked.question.cancel();
        }
    }

    /** Asks for any backend, or for {@code only} one; null if there is none after all. */
    @Nullable
    Step ask(PoolPolicy policy, @Nullable Candidate only, long nowNanos) {
        BackendView view = new BackendView(call, loop.selection, only);
        Asked asked = new Asked(policy.open(view), view);
        return took(asked, asked.question.ask(), nowNanos);
    }

    /** The backend that was given did not take the request: asks for another; null if there is none. */
    @Nullable
    Step again(Given given, int ongoing, long nowNanos) {
        Asked asked = new Asked(given.lease.question(), given.view);
        PolicyQuestion.Answer heard = asked.question.rejected(given.lease, ongoing);
        if (loop.isDecided()) {
            asked.question.cancel();
            return Step.Pending.PENDING;
        }
        return took(asked, heard, nowNanos);
    }

    /** The policy may have chosen: goes on if it has; null if there is nothing to go on with. */
    @Nullable
    Step chosen(long nowNanos) {
        Asked asked = waiting;
        if (asked == null) {
            return null;
        }
        PolicyQuestion.Answer heard = asked.question.heard();
        if (heard.waits()) {
            return Step.Pending.PENDING;
        }
        waiting = null;
        return took(asked, heard, nowNanos);
    }

    private @Nullable Step took(Asked asked, PolicyQuestion.Answer heard, long nowNanos) {
        Failure refusal = heard.refusal();
        if (refusal != null) {
            return loop.refusedByPolicy(refusal, nowNanos);
        }
        PolicyLease lease = heard.lease();
        if (lease == null) {
            if (heard.isStarved()) {
                return null;
            }
            waiting = asked;
            return Step.Pending.PENDING;
        }
        Candidate candidate = loop.selection.models().find(lease.endpoint());
        Step step = candidate == null ? null : send(candidate, new Given(lease, asked.view), nowNanos);
        if (!(step instanceof Step.Send)) {
            lease.complete(Outcome.CANCELLED);
        }
        return step;
    }

    private @Nullable Step send(Candidate candidate, Given given, long nowNanos) {
        boolean wasAvailable = candidate.isUndisturbed(nowNanos);
        return given.view.only() == null
                ? loop.send(candidate, given.view.relaxed(), given, wasAvailable, nowNanos)
                : loop.sendAgain(candidate, given, wasAvailable, nowNanos);
    }

    private record Asked(PolicyQuestion question, BackendView view) {}

    /**
     * What a policy gave to an attempt.
     *
     * @param lease the backend
     * @param view what the policy saw of the request
     */
    record Given(PolicyLease lease, BackendView view) {}
}
