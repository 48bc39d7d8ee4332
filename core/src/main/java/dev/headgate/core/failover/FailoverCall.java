package dev.headgate.core.failover;

import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way over pools, backends and fallback models (gateway.md §3). Used by one thread at a time, as are
 * its attempts; only {@link Caller#proceed} may come from elsewhere.
 */
public final class FailoverCall {
    private static final int MAX_FULL = 8; // how often an endpoint may turn out to be full before that is an overflow

    final FailoverRouter router;
    final FailoverRequest request;
    final List<Routing.Leg> legs; // empty if nothing serves the model
    private final Caller caller;
    private final CallHistory history;
    private final AttemptLoop loop;
    private int foundFull;
    private @Nullable Attempt winner;
    private @Nullable SlotWait slotWait; // null until it has waited

    FailoverCall(
            FailoverRouter router, FailoverRequest request, Caller caller, List<Routing.Leg> legs, ModelPool models) {
        this.router = router;
        this.request = request;
        this.caller = caller;
        this.legs = legs;
        history = new CallHistory();
        loop = new AttemptLoop(this, history, models);
    }

    /**
     * Hears of a queued call. Called from the thread that frees a slot, from {@link FailoverRouter#advance}, or even
     * before {@link #begin} has returned.
     */
    public interface Caller {
        /** Call {@link #resume} on the call's own thread, later. Quick, and throws nothing. */
        void proceed();
    }

    /** Begins; called once. */
    public Step begin() {
        long now = router.now();
        if (legs.isEmpty()) {
            loop.decide();
            return router.unknownModel(request.model());
        }
        PoolGuards home = loop.home();
        home.retries.requested(now);
        home.hedges.requested(now);
        return home.queue.size() > 0 ? loop.waitForSlot(now) : loop.next(now);
    }

    /** Goes on after a {@link Step.Wait}, or after {@link Caller#proceed}. */
    public Step resume() {
        long now = router.now();
        history.nothingInHand();
        if (loop.isCancelled()) {
            return Step.Pending.PENDING;
        }
        if (loop.isChoosing()) {
            return loop.chosen(now);
        }
        SlotWait.Place place = slotWait == null ? SlotWait.Place.NONE : slotWait.take();
        return switch (place) {
            case NONE -> loop.retry(now);
            case WAITING -> Step.Pending.PENDING;
            case GRANTED -> loop.granted(now);
            case REFUSED -> loop.overflow(now);
        };
    }

    /** Starts a second attempt beside the first, if budgets and backends allow: Send or Pending. */
    public Step hedge() {
        return loop.hedge(router.now());
    }

    /**
     * The caller went away, while waiting, queued or in an attempt: nothing further begins. Attempts in flight end with
     * {@link Attempt#cancelled}, told by the edge.
     */
    public void cancel() {
        loop.cancel();
        if (slotWait != null) {
            slotWait.cancel(router.now());
        }
    }

    /**
     * Picks where a committed stream is taken up again, after {@link Attempt#broken}: Send, or Refuse with
     * {@code STREAM_INTERRUPTED}. From then on a rejection or failure before {@link Attempt#commits} leads to further
     * candidates and at last to that refusal, never to an upstream's answer.
     */
    public Step recover() {
        Attempt broken = history.last();
        if (broken == null || broken != winner) {
            throw new IllegalStateException("recover without a broken attempt");
        }
        winner = null;
        history.nothingInHand();
        Step step = loop.recover(broken, router.now());
        if (step instanceof Step.Send send) {
            router.listener.recovering(broken, send.attempt());
        }
        return step;
    }

    /** Returns the attempts begun, as {@code x-headgate-attempts}: resends on a fresh connection excluded. */
    public int attempts() {
        return loop.attempts();
    }

    /** Returns whether another candidate could follow. */
    boolean hasOthers(long nowNanos) {
        return request.mayFailOver() && loop.selection.hasOthers(nowNanos);
    }

    /** Returns whether an attempt in flight may be sent once more: there is time, and still a caller for its answer. */
    boolean maySendAgain(long nowNanos) {
        return !loop.isDecided() && !loop.lacksTime(nowNanos);
    }

    /** Returns whether the answer is the caller's, whatever other backends would say. */
    boolean returns(Verdict verdict, Attempt attempt) {
        if (loop.isRecovering() || loop.isDecided()) {
            return false;
        }
        boolean isLast = !request.mayFailOver() || loop.selection.isLastModel();
        return switch (verdict.answer()) {
            case SUCCESS, RETURN -> true;
            case NEXT -> !request.mayFailOver();
            case CONTEXT_TOO_LONG -> isLast;
            case CONTENT_POLICY ->
                isLast || attempt.settings().contentPolicy() == FailoverSettings.ContentPolicy.RETURN;
        };
    }

    /** Makes {@code attempt} the one whose answer the caller gets; false if there is another, or no caller. */
    boolean commits(Attempt attempt) {
        if (loop.isDecided()) {
            return winner == attempt;
        }
        winner = attempt;
        loop.decide();
        return true;
    }

    void resent() {
        loop.resent();
    }

    void attemptEnded() {
        loop.attemptEnded();
    }

    /** Returns whether no other attempt of the call is in flight. */
    boolean isAlone() {
        return loop.inFlight() == 1;
    }

    /** An attempt has ended with an answer that is not the caller's. */
    Step afterRejection(Attempt attempt, Verdict verdict, long elapsedNanos, long nowNanos) {
        history.rejected(attempt, verdict);
        loop.note(RetryChoice.after(attempt, verdict, nowNanos), verdict.status() >= 500 || verdict.status() == 408);
        if (verdict.answer() == AnswerClass.CONTEXT_TOO_LONG) {
            loop.selection.needsContextBeyond(attempt.backend().limits().contextTokens());
        }
        boolean isModelsFault =
                verdict.answer() == AnswerClass.CONTEXT_TOO_LONG || verdict.answer() == AnswerClass.CONTENT_POLICY;
        if (isModelsFault && !loop.isBusy()) {
            history.standsInHand();
            return loop.nextModel(nowNanos);
        }
        return loop.afterEnd(attempt, elapsedNanos, nowNanos);
    }

    /** An attempt has ended without an answer. */
    Step afterFailure(Attempt attempt, AttemptFailure failure, long elapsedNanos, long nowNanos) {
        history.failed(attempt, failure);
        loop.note(RetryChoice.after(attempt, failure), failure.mayHaveProcessed());
        boolean isFinal = !request.mayFailOver() && failure.mayHaveProcessed() && !loop.isBusy();
        return isFinal ? loop.conclude("", nowNanos) : loop.afterEnd(attempt, elapsedNanos, nowNanos);
    }

    /** A committed attempt has broken. */
    void afterBreak(Attempt attempt, @Nullable AttemptFailure failure, int status) {
        history.broke(attempt, failure, status);
    }

    /** An attempt was not sent, as the circuit breaker had no room: in the pool, or only for this backend. */
    Step afterOverflow(Attempt attempt, boolean isPool, long nowNanos) {
        history.nothingInHand();
        if (isPool) {
            loop.takeBack(attempt);
        } else {
            loop.takeBackAsFull(attempt);
        }
        if (loop.isBusy()) {
            if (isPool) {
                attempt.candidate.pool.breaker.overflowed(); // a hedge does not wait
            }
            return Step.Pending.PENDING;
        }
        foundFull++;
        return isPool || foundFull > MAX_FULL ? loop.waitForSlot(nowNanos) : loop.next(nowNanos);
    }

    /** An attempt was not taken by its backend, which says that it has {@code ongoing} requests; −1 = it does not say. */
    Step afterTurnedAway(Attempt attempt, PolicyAsking.Given given, int ongoing, long nowNanos) {
        history.nothingInHand();
        loop.takeBack(attempt);
        return loop.chooseAgain(given, ongoing, nowNanos);
    }

    /** An attempt had its slot: a later wait is another one. */
    void tookSlot() {
        slotWait = null;
    }

    /** Returns who is told that it may go on. */
    Caller caller() {
        return caller;
    }

    /** Returns where it waits for a slot of a full pool. */
    SlotWait slotWait() {
        SlotWait wait = slotWait == null ? new SlotWait(this, caller) : slotWait;
        slotWait = wait;
        return wait;
    }
}
