package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.AttemptSettings;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import org.jspecify.annotations.Nullable;

/**
 * What follows on what: pick, send, and after a failure the next candidate, a retry, the fallback model, a hedge, a
 * recovery or the end (gateway.md §3, §9, §15). Confined to its call.
 */
final class AttemptLoop {
    /** Less than this is not worth an attempt. */
    private static final long LEAST_LEFT_NANOS = 50_000_000;

    final Selection selection;
    private final FailoverCall call;
    private final FailoverRouter router;
    private final FailoverRequest request;
    private final CallHistory history;
    private final PolicyAsking asking;
    private int attempts;
    private int inFlight;
    private int retries;
    private int recoveries;
    private long retryAtNanos;
    private boolean chargesNext;
    private boolean isOverflow;
    private boolean isRecovering;
    private boolean isDecided;
    private boolean isCancelled;
    private @Nullable RetryChoice retry;
    private @Nullable Failure backPressure;

    AttemptLoop(FailoverCall call, CallHistory history, ModelPool models) {
        this.call = call;
        this.history = history;
        router = call.router;
        request = call.request;
        selection = new Selection(request, call.legs, models, router.random());
        asking = new PolicyAsking(this, call);
    }

    int attempts() {
        return attempts;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isDecided() {
        return isDecided;
    }

    boolean isRecovering() {
        return isRecovering;
    }

    boolean isCancelled() {
        return isCancelled;
    }

    /** Returns whether there is nothing to decide: it is decided, or another attempt is in flight. */
    boolean isBusy() {
        return isDecided || inFlight > 0;
    }

    boolean lacksTime(long nowNanos) {
        return request.deadline().remainingNanos(nowNanos) < LEAST_LEFT_NANOS;
    }

    PoolGuards home() {
        return call.legs.get(0).pool().guards;
    }

    void decide() {
        isDecided = true;
    }

    void cancel() {
        isCancelled = true;
        isDecided = true;
        asking.cancel();
    }

    /** Returns whether it waits for the policy of a pool. */
    boolean isChoosing() {
        return asking.isWaiting();
    }

    /** The policy may have chosen: goes on if it has. */
    Step chosen(long nowNanos) {
        Step step = asking.chosen(nowNanos);
        return step == null ? next(nowNanos) : step;
    }

    /** The backend that was given did not take the request: the policy of its pool chooses another, when there is one. */
    Step chooseAgain(PolicyAsking.Given given, int ongoing, long nowNanos) {
        Step step = asking.again(given, ongoing, nowNanos);
        return step == null ? next(nowNanos) : step;
    }

    /** The policy's pool has no place for the call: another model may have. */
    Step refusedByPolicy(Failure refusal, long nowNanos) {
        backPressure = refusal;
        return refusal.kind() == FailureKind.DEADLINE_EXCEEDED ? conclude("deadline", nowNanos) : nextModel(nowNanos);
    }

    void resent() {
        attempts++;
    }

    void attemptEnded() {
        inFlight--;
    }

    /** The attempt was not sent after all. */
    void takeBack(Attempt attempt) {
        selection.takenBack(attempt.candidate);
        attempts--;
    }

    /** The attempt was not sent after all, as its endpoint had no room. */
    void takeBackAsFull(Attempt attempt) {
        selection.takenBackAsFull(attempt.candidate);
        attempts--;
    }

    /** A slot is there: goes on as {@link #next}. */
    Step granted(long nowNanos) {
        selection.mayHaveRoom();
        return next(nowNanos);
    }

    /** An attempt failed: what it allows before a fallback, and whether the next one is charged to the retry budget. */
    void note(@Nullable RetryChoice choice, boolean isCharged) {
        retry = choice == null ? retry : choice.orSooner(retry);
        chargesNext = isCharged;
    }

    /** Goes on after an attempt of {@code elapsedNanos}, unless there is nothing to decide. */
    Step afterEnd(Attempt attempt, long elapsedNanos, long nowNanos) {
        if (isBusy()) {
            return Step.Pending.PENDING;
        }
        long slow = attempt.settings().attempts().onlyIfFasterThan().toNanos();
        return slow > 0 && elapsedNanos > slow && !isRecovering ? conclude("slow_failure", nowNanos) : next(nowNanos);
    }

    /** Sends to the next candidate, of this model or of the next, or concludes. */
    Step next(long nowNanos) {
        if (lacksTime(nowNanos)) {
            return conclude("deadline", nowNanos);
        }
        while (true) {
            boolean isSpent = selection.isSpent() && !isRecovering;
            Step step = isSpent ? null : sendToAny(nowNanos);
            if (step == null && !isSpent && selection.passedFull()) {
                return waitForSlot(nowNanos);
            }
            step = step == null ? waitBeforeFallback(nowNanos) : step;
            if (step != null) {
                return step;
            }
            if (!toNextModel(nowNanos)) {
                return onceMore(nowNanos);
            }
        }
    }

    /** Leaves the model, whatever candidates it has. */
    Step nextModel(long nowNanos) {
        return toNextModel(nowNanos) ? next(nowNanos) : conclude("", nowNanos);
    }

    /** Tries the backend again that the wait was for. */
    Step retry(long nowNanos) {
        RetryChoice choice = retry;
        if (choice != null && nowNanos - retryAtNanos < 0) {
            return new Step.Wait(retryAtNanos); // asked too early
        }
        retry = null;
        if (choice == null || lacksTime(nowNanos) || !choice.candidate().mayBeRetried(request, nowNanos)) {
            return next(nowNanos);
        }
        Step step = sendAgain(choice.candidate(), choice.wasAvailable(), nowNanos);
        return step == null ? next(nowNanos) : step;
    }

    /** Takes up the stream that broke. */
    Step recover(Attempt broken, long nowNanos) {
        isRecovering = true;
        if (isCancelled
                || !request.mayFailOver()
                || recoveries >= broken.settings().recovery().max()) {
            return conclude("", nowNanos);
        }
        recoveries++;
        isDecided = false;
        chargesNext = true;
        return next(nowNanos);
    }

    /** Starts a second attempt beside the only one in flight, if budgets and backends allow. */
    Step hedge(long nowNanos) {
        boolean mayHedge = !isDecided && !isRecovering && inFlight == 1 && request.mayFailOver();
        if (!mayHedge || lacksTime(nowNanos) || selection.isSpent()) {
            return Step.Pending.PENDING;
        }
        PoolGuards home = home();
        Candidate candidate = selection.pickAvailable(nowNanos);
        boolean hasPolicy = selection.models().pool.policy != null; // its counters know nothing of a second attempt
        if (candidate == null || hasPolicy || !home.retries.hasRoom(nowNanos) || !home.hedges.hasRoom(nowNanos)) {
            return Step.Pending.PENDING;
        }
        boolean wasAvailable = candidate.isUndisturbed(nowNanos);
        Candidate.Holding holding = candidate.tryHold(request, Candidate.AVAILABLE, nowNanos);
        if (holding == null) {
            return Step.Pending.PENDING;
        }
        if (!candidate.pool.breaker.tryRetry()) {
            giveBack(candidate, holding, nowNanos);
            return Step.Pending.PENDING;
        }
        if (!home.hedges.tryCharge(nowNanos) || !home.retries.tryCharge(nowNanos)) {
            candidate.pool.breaker.retryEnded();
            giveBack(candidate, holding, nowNanos);
            return Step.Pending.PENDING;
        }
        Attempt attempt = begun(candidate, holding, null, Attempt.Kind.HEDGE, wasAvailable, nowNanos);
        router.listener.hedged(attempt);
        return new Step.Send(attempt, 0);
    }

    /** Waits until the pool has room, if it has a queue with room; else that is an overflow. */
    Step waitForSlot(long nowNanos) {
        boolean waits = !isRecovering && call.slotWait().begin(router.guardsOf(selection.models().pool), nowNanos);
        return waits ? Step.Pending.PENDING : overflow(nowNanos);
    }

    /** Leaves the model, as its pool has no room. */
    Step overflow(long nowNanos) {
        selection.models().pool.breaker.overflowed();
        isOverflow = true;
        return nextModel(nowNanos);
    }

    /** Ends the call with what there is. */
    Step conclude(String reason, long nowNanos) {
        isDecided = true;
        retry = null;
        if (isRecovering) {
            return new Step.Refuse(
                    Failure.of(FailureKind.STREAM_INTERRUPTED, "The answer broke off and could not be taken up again."),
                    Step.Advice.NONE);
        }
        Attempt standing = history.standing();
        if (standing != null) {
            return new Step.Return(standing, Step.Advice.NONE);
        }
        Failure refusal = backPressure;
        if (refusal != null) {
            long wait = refusal.retryAfter().toMillis();
            return new Step.Refuse(refusal, new Step.Advice(wait, false, false, ""));
        }
        Conclusion conclusion = new Conclusion(call, history, selection.leg(), attempts, nowNanos);
        return isOverflow ? conclusion.overflow() : conclusion.step(reason);
    }

    private boolean toNextModel(long nowNanos) {
        retry = null;
        return request.mayFailOver() && selection.toNextModel(nowNanos);
    }

    /** The last resort of a recovery: the backend that was cut, if nothing else could be asked. */
    private Step onceMore(long nowNanos) {
        Attempt broken = history.last();
        boolean mayRetry = isRecovering
                && broken != null
                && history.lastWasCutAfterCommit()
                && broken.candidate.mayBeRetried(request, nowNanos);
        if (mayRetry && broken != null) {
            selection.backTo(broken.models);
            Step step = sendAgain(broken.candidate, false, nowNanos);
            if (step != null) {
                return step;
            }
        }
        return conclude("", nowNanos);
    }

    private @Nullable Step sendToAny(long nowNanos) {
        ModelPool models = selection.models();
        for (int races = models.candidates.length; races >= 0; races--) {
            Candidate candidate = selection.pick(nowNanos);
            if (candidate == null) {
                return null;
            }
            if (selection.passedSpent() && selection.pickedUse() == Candidate.AVAILABLE) {
                router.listener.spilledEarly(models.pool.name, models.model);
            }
            PoolPolicy policy = models.pool.policy;
            Step step = policy == null
                    ? send(candidate, selection.pickedUse(), null, candidate.isUndisturbed(nowNanos), nowNanos)
                    : asking.ask(policy, null, nowNanos);
            if (step != null) {
                return step;
            }
        }
        return null;
    }

    /** Sends to a candidate that was tried before, as its probe if it is half-open and has none. */
    private @Nullable Step sendAgain(Candidate candidate, boolean wasAvailable, long nowNanos) {
        PoolPolicy policy = selection.models().pool.policy;
        return policy == null
                ? sendAgain(candidate, null, wasAvailable, nowNanos)
                : asking.ask(policy, candidate, nowNanos);
    }

    @Nullable
    Step sendAgain(Candidate candidate, PolicyAsking.@Nullable Given given, boolean wasAvailable, long nowNanos) {
        Step step = send(candidate, Candidate.AVAILABLE, given, wasAvailable, nowNanos);
        return step == null ? send(candidate, Candidate.WITHOUT_PERMIT, given, wasAvailable, nowNanos) : step;
    }

    /** Sends to {@code candidate}, or says why there is no further attempt; null if another request was quicker. */
    @Nullable
    Step send(Candidate candidate, int use, PolicyAsking.@Nullable Given given, boolean wasAvailable, long nowNanos) {
        Candidate.Holding holding = candidate.tryHold(request, use, nowNanos);
        if (holding == null) {
            return null;
        }
        boolean isRetry = selection.hasBegunInPool();
        if (isRetry && !candidate.pool.breaker.tryRetry()) {
            giveBack(candidate, holding, nowNanos);
            return conclude("retry_overflow", nowNanos);
        }
        if (chargesNext && !home().retries.tryCharge(nowNanos)) {
            if (isRetry) {
                candidate.pool.breaker.retryEnded();
            }
            giveBack(candidate, holding, nowNanos);
            router.listener.retryBudgetSpent(call.legs.get(0).pool().name);
            return conclude(Conclusion.RETRY_BUDGET, nowNanos);
        }
        Attempt.Kind kind = isRetry ? Attempt.Kind.RETRY : Attempt.Kind.FIRST;
        Attempt attempt = begun(candidate, holding, given, kind, wasAvailable, nowNanos);
        boolean mayHedge = attempts == 1 && request.mayFailOver() && !isRecovering;
        return new Step.Send(attempt, mayHedge ? selection.models().hedgeAfter(nowNanos) : 0);
    }

    private Attempt begun(
            Candidate candidate,
            Candidate.Holding holding,
            PolicyAsking.@Nullable Given given,
            Attempt.Kind kind,
            boolean wasAvailable,
            long nowNanos) {
        selection.begun(candidate);
        attempts++;
        inFlight++;
        chargesNext = false;
        isOverflow = false;
        backPressure = null;
        Attempt before = history.last();
        Attempt attempt = new Attempt(
                call, selection.models(), candidate, holding, given, attempts, kind, wasAvailable, nowNanos);
        router.listener.attemptBegan(attempt);
        if (before != null && kind != Attempt.Kind.HEDGE) {
            router.listener.failover(before, attempt, history.lastCause());
        }
        return attempt;
    }

    private void giveBack(Candidate candidate, Candidate.Holding holding, long nowNanos) {
        candidate.takeBack(request, holding, nowNanos);
        candidate.release(holding);
    }

    /** Gives the model's own backends one more chance, if a fallback would be next (gateway.md §3). */
    private Step.@Nullable Wait waitBeforeFallback(long nowNanos) {
        RetryChoice choice = retry;
        AttemptSettings settings = selection.models().pool.settings.attempts();
        boolean hasFallback = request.mayFailOver() && !selection.isLastModel() && !isRecovering;
        if (choice == null || !hasFallback || retries >= settings.retryBeforeFallback()) {
            return null;
        }
        long at = choice.at(nowNanos, router.random());
        if (lacksTime(at)) {
            retry = null;
            return null;
        }
        retries++;
        retryAtNanos = at;
        return new Step.Wait(at);
    }
}
