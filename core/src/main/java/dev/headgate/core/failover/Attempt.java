package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.HeaderNumbers;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request written to one backend. It is told of its progress and exactly once how it ended: {@link #rejected},
 * {@link #failed}, {@link #overflowed}, {@link #completed}, {@link #broken} or {@link #cancelled}. Where
 * {@link #rejected} gives {@link Step.Return} or {@link Step.Resend} for it, it goes on, and the end of what is handed
 * over is told by {@link #completed}, {@link #broken} or {@link #cancelled}.
 *
 * <p>Order: {@code answered}, {@code firstToken}, {@code commits}, {@code completed}. Used by one thread at a time,
 * together with the other attempts of its call.
 */
public final class Attempt {
    private static final String OVERFLOW = "overflow";
    private static final String REJECTED = "x-headgate-rejected";
    private static final String ONGOING = "x-headgate-ongoing";

    final Candidate candidate;
    final ModelPool models;
    final boolean wasAvailable;
    private final FailoverCall call;
    private final Candidate.Holding holding;
    private final PolicyAsking.@Nullable Given given; // of a pool with a policy
    private final int number;
    private final Kind kind;
    private final long beganNanos;
    private State state = State.OPEN;
    private boolean hasResent;
    private boolean hasRenewed;
    private boolean hasToken;

    Attempt(
            FailoverCall call,
            ModelPool models,
            Candidate candidate,
            Candidate.Holding holding,
            PolicyAsking.@Nullable Given given,
            int number,
            Kind kind,
            boolean wasAvailable,
            long nowNanos) {
        this.call = call;
        this.models = models;
        this.candidate = candidate;
        this.holding = holding;
        this.given = given;
        this.number = number;
        this.wasAvailable = wasAvailable;
        this.kind = kind;
        beganNanos = nowNanos;
    }

    /** Returns where it goes. */
    public Backend backend() {
        return candidate.backend;
    }

    /** Returns the pool's name. */
    public String pool() {
        return candidate.pool.name;
    }

    /** Returns how its pool serves. */
    public FailoverSettings settings() {
        return candidate.pool.settings;
    }

    /** Returns the model as it was requested, or the fallback's name; empty if the request names none. */
    public String model() {
        return models.model;
    }

    /** Returns the model as the backend calls it: what goes into body and path; empty if the request names none. */
    public String upstreamModel() {
        return candidate.upstreamModel;
    }

    /** Returns its place among the call's attempts, from 1. */
    public int number() {
        return number;
    }

    /** Returns when it began, on the router's ticker. */
    public long beganNanos() {
        return beganNanos;
    }

    /** Returns the name of the explanation of why it goes there, empty if there is none. */
    public String decision() {
        long id = given == null ? 0 : given.lease().explanation();
        return id == 0 ? "" : pool() + '-' + id;
    }

    /** Returns how the backend continues an answer, {@code NONE} once it has refused to. */
    public Backend.Prefill prefill() {
        return candidate.state.refusesPrefill ? Backend.Prefill.NONE : candidate.backend.prefill();
    }

    /** Returns what its connection and request pass on their way: the backend's part of the pool's circuit breaker. */
    public CircuitBreaker.Gate gate() {
        return candidate.gate;
    }

    /** Returns the limits as of now; ask once, when sending. */
    public Limits limits() {
        long now = call.router.now();
        TimeoutSettings timeouts = settings().timeouts();
        return new Limits(
                timeouts.connect().toNanos(),
                call.hasOthers(now) ? models.firstTokenLimit(now) : 0,
                timeouts.response().toNanos(),
                models.idleLimit(now));
    }

    /** Returns whether no other candidate is left as of now, so that a rejected answer will very likely be handed over. */
    public boolean isLast() {
        return !call.hasOthers(call.router.now());
    }

    /**
     * The head of an answer came, of any status; first of all. Reads the upstream's remaining limits; 2xx ends a probe.
     */
    public void answered(int status, HeaderFields headers) {
        long now = call.router.now();
        boolean isSuccess = status >= 200 && status < 300;
        if (isSuccess || status == 429) {
            candidate.model.quota.answered(headers, now);
            candidate.health.told(headers);
        }
        if (isSuccess) {
            candidate.health.alive(beganNanos, now);
        }
        if (given != null && tellsOngoing() && !isTurnedAway(status, headers)) {
            given.lease().accepted(ongoing(headers));
        }
    }

    /**
     * Returns whether an answer says that the backend does not take the request because it has enough: that is no failure,
     * and {@link #turnedAway} follows. Only backends that are declared to can say so (routing.md §3).
     */
    public boolean isTurnedAway(int status, HeaderFields headers) {
        return (status == 503 || status == 429)
                && tellsOngoing()
                && call.request.mayFailOver()
                && "true".equals(headers.first(REJECTED));
    }

    /** The backend did not take it and says so: the request waits in its old place for another. Ends it. */
    public Step turnedAway(HeaderFields headers) {
        mustBeOpen();
        if (given == null) {
            throw new IllegalStateException("attempt " + number + ": turned away (expected: by a pool with a policy)");
        }
        long now = call.router.now();
        candidate.takeBack(call.request, holding, now);
        state = State.ENDED;
        candidate.release(holding);
        ended("rejected", now);
        return call.afterTurnedAway(this, given, ongoing(headers), now);
    }

    private boolean tellsOngoing() {
        return given != null && candidate.backend.traits().tellsOngoing();
    }

    /** Returns how many requests the backend says that it has, −1 if it does not say. */
    private static int ongoing(HeaderFields headers) {
        String told = headers.first(ONGOING);
        long count = told == null ? -1 : HeaderNumbers.count(told);
        return (int) Math.min(Integer.MAX_VALUE, count);
    }

    /** An answer, or an error event before the commit, that is not a success came: what next. */
    public Step rejected(Verdict verdict) {
        mustBeOpen();
        long now = call.router.now();
        boolean mayRenew = verdict.status() == 401
                && candidate.backend.credential() == Backend.Credential.TOKEN_PROVIDER
                && !hasRenewed
                && call.maySendAgain(now);
        if (mayRenew) {
            hasRenewed = true;
            call.resent();
            return new Step.Resend(this);
        }
        candidate.health.learn(verdict, beganNanos, now);
        if (isUnprocessed(verdict.status())) {
            holding.reservation().refund(now);
        }
        if (call.returns(verdict, this)) {
            state = State.RETURNED;
            call.commits(this);
            return new Step.Return(this, Step.Advice.NONE);
        }
        end(Integer.toString(verdict.status()), outcome(verdict), now);
        return call.afterRejection(this, verdict, now - beganNanos, now);
    }

    /** It failed before anything of it was released to the caller: what next. */
    public Step failed(AttemptFailure failure) {
        mustBeOpen();
        long now = call.router.now();
        candidate.health.learn(failure, beganNanos, now);
        if (!failure.mayHaveProcessed()) {
            holding.reservation().refund(now);
        }
        end(failure.label(), outcome(failure), now);
        return call.afterFailure(this, failure, now - beganNanos, now);
    }

    /** The circuit breaker had no room for it, in the pool or for this endpoint; nothing was sent: what next. */
    public Step overflowed(CircuitBreaker.Place refusal) {
        mustBeOpen();
        long now = call.router.now();
        candidate.takeBack(call.request, holding, now);
        end(OVERFLOW, Outcome.CANCELLED, now);
        return call.afterOverflow(this, refusal != CircuitBreaker.Place.ENDPOINT_FULL, now);
    }

    /** The backend refuses to continue an answer (4xx on a recovery by {@code continue}): Resend in the next mode. */
    public Step refusesPrefill() {
        mustBeOpen();
        candidate.state.refusesPrefill = true;
        call.resent();
        return new Step.Resend(this);
    }

    /** A reused connection closed before the first byte of an answer: may it be sent again on a fresh one? Once. */
    public boolean resends() {
        mustBeOpen();
        boolean may = !hasResent && call.maySendAgain(call.router.now());
        hasResent = true;
        return may;
    }

    /** Its body can be read once: from now on neither a closed connection nor a refused token has it sent again. */
    public void isSentOnce() {
        hasResent = true;
        hasRenewed = true;
    }

    /** The first token came. */
    public void firstToken() {
        if (!hasToken) {
            hasToken = true;
            long now = call.router.now();
            models.pace.firstTokens.record(now - beganNanos, now);
            if (given != null) {
                given.lease().firstToken();
            }
            call.router.listener.firstToken(this, now - beganNanos);
        }
    }

    /** A token came this long after the one before. */
    public void tokenGap(long gapNanos) {
        models.pace.gaps.record(gapNanos, call.router.now());
    }

    /**
     * Its answer is the caller's from now on: false if another attempt of the call was first, or the call was cancelled,
     * and this one is to be dropped with {@link #cancelled}.
     */
    public boolean commits() {
        if (state == State.RETURNED || state == State.COMMITTED) {
            return true;
        }
        mustBeOpen();
        candidate.health.succeeded(beganNanos, call.router.now());
        if (!call.commits(this)) {
            return false;
        }
        state = State.COMMITTED;
        if (!call.isAlone()) {
            call.router.listener.hedgeDecided(pool(), kind == Kind.HEDGE);
        }
        return true;
    }

    /** The answer came whole, to its end. Ends it. */
    public void completed(Usage usage) {
        if (state == State.ENDED) {
            return;
        }
        long now = call.router.now();
        if (usage.totalTokens() > 0 && state == State.COMMITTED) {
            holding.reservation().settle(usage.totalTokens(), now);
            candidate.model.estimate.reported(call.request.bodyBytes(), usage.promptTokens());
        }
        end(state == State.COMMITTED ? "success" : "returned", new Outcome.Completed(usage, now - beganNanos), now);
    }

    /** It broke after it was committed. Ends it; {@link FailoverCall#recover} may follow. */
    public void broken(AttemptFailure failure) {
        if (state == State.ENDED) {
            return;
        }
        long now = call.router.now();
        candidate.health.broken(failure, now);
        end(failure.label(), outcome(failure), now);
        call.afterBreak(this, failure, 0);
    }

    /** Its stream reported an error after it was committed. Ends it; {@link FailoverCall#recover} may follow. */
    public void broken(Verdict verdict) {
        if (state == State.ENDED) {
            return;
        }
        long now = call.router.now();
        candidate.health.broken(verdict, beganNanos, now);
        end(Integer.toString(verdict.status()), outcome(verdict), now);
        call.afterBreak(this, null, verdict.status());
    }

    /** It was given up: the caller went away or another attempt was first. Ends it; without effect if it has ended. */
    public void cancelled() {
        if (state != State.ENDED) {
            end("cancelled", Outcome.CANCELLED, call.router.now());
        }
    }

    private static Outcome outcome(Verdict verdict) {
        return verdict.status() == 429
                ? new Outcome.Throttled(Duration.ZERO)
                : new Outcome.Failed(
                        Failure.of(FailureKind.NO_BACKEND_AVAILABLE, "it answered with status " + verdict.status()));
    }

    private static Outcome outcome(AttemptFailure failure) {
        return new Outcome.Failed(Failure.of(FailureKind.UPSTREAM_UNREACHABLE, failure.label()));
    }

    private void end(String outcome, Outcome told, long now) {
        state = State.ENDED;
        candidate.release(holding);
        if (given != null) {
            given.lease().complete(told);
        }
        ended(outcome, now);
    }

    private void ended(String outcome, long now) {
        if (kind != Kind.FIRST) {
            candidate.pool.breaker.retryEnded();
        }
        call.attemptEnded();
        if (!outcome.equals(OVERFLOW)) {
            candidate.pool.guards.served(now - beganNanos);
            call.tookSlot();
        }
        call.router.listener.attemptEnded(this, outcome, now - beganNanos);
    }

    private void mustBeOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException("attempt " + number + ": " + state + " (expected: OPEN)");
        }
    }

    private static boolean isUnprocessed(int status) {
        return status == 429 || (status >= 401 && status <= 403);
    }

    /**
     * How long each part may take, in nanoseconds from the attempt's begin. The request's deadline is not applied: that
     * it came is told as {@link AttemptFailure#DEADLINE}.
     *
     * @param connectNanos until the connection is there
     * @param firstTokenNanos until the first token of a stream; 0 = no limit
     * @param responseNanos until the head, for what is no stream
     * @param idleNanos between two bytes of the answer
     */
    public record Limits(long connectNanos, long firstTokenNanos, long responseNanos, long idleNanos) {}

    /** What led to it. */
    enum Kind {
        /** It is the first in its pool. */
        FIRST,
        /** It follows others. */
        RETRY,
        /** It runs beside another. */
        HEDGE
    }

    private enum State {
        OPEN,
        RETURNED,
        COMMITTED,
        ENDED
    }
}
