package dev.headgate.core.failover;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Verdict;
import org.jspecify.annotations.Nullable;

/** How the attempts of one call ended, as far as its answer depends on that. Confined to its call. */
final class CallHistory {
    private @Nullable Attempt last;
    private @Nullable Attempt lastAnswered;
    private @Nullable Attempt inHand;
    private @Nullable AttemptFailure lastFailure;
    private int lastStatus;
    private boolean stands;
    private boolean wasThrottled;
    private boolean wasCutAfterCommit;

    void rejected(Attempt attempt, Verdict verdict) {
        last = attempt;
        lastAnswered = attempt;
        inHand = attempt;
        lastFailure = null;
        lastStatus = verdict.status();
        stands = false;
        wasCutAfterCommit = false;
        wasThrottled |= verdict.status() == 429 && verdict.cools() != CoolingCause.QUOTA;
    }

    void failed(Attempt attempt, AttemptFailure failure) {
        last = attempt;
        lastFailure = failure;
        wasCutAfterCommit = false;
        nothingInHand();
    }

    void broke(Attempt attempt, @Nullable AttemptFailure failure, int status) {
        last = attempt;
        lastFailure = failure;
        lastStatus = status;
        wasCutAfterCommit = failure == AttemptFailure.CUT;
        nothingInHand();
    }

    /** The answer in hand is the caller's unless another model gives a better one. */
    void standsInHand() {
        stands = true;
    }

    /** The edge has moved on: what was rejected before can only be handed over if it was kept. */
    void nothingInHand() {
        inHand = null;
        stands = false;
    }

    /** Returns the attempt that ended last. */
    @Nullable
    Attempt last() {
        return last;
    }

    /** Returns why it did, as a bounded label; empty if none has. */
    String lastCause() {
        if (lastFailure != null) {
            return lastFailure.label();
        }
        return last == null ? "" : Integer.toString(lastStatus);
    }

    /** Returns the attempt in hand whose answer stands, null if there is none. */
    @Nullable
    Attempt standing() {
        return stands ? inHand : null;
    }

    /** Returns the attempt whose answer was rejected last, null if none was. */
    @Nullable
    Attempt lastAnswered() {
        return lastAnswered;
    }

    boolean isInHand(Attempt attempt) {
        return attempt == inHand;
    }

    /** Returns the status of the last answer that was rejected. */
    int lastStatus() {
        return lastStatus;
    }

    /** Returns whether a backend asked for fewer requests. */
    boolean wasThrottled() {
        return wasThrottled;
    }

    /** Returns whether the last attempt failed as its time ran out. */
    boolean lastTimedOut() {
        return lastFailure != null && lastFailure.isTimeout();
    }

    /** Returns whether the last attempt was cut after its commit. */
    boolean lastWasCutAfterCommit() {
        return wasCutAfterCommit;
    }
}
