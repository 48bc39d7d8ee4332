package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverCall;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.Recovery;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.failover.Step;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Usage;
import dev.headgate.core.stream.StreamFamily;
import dev.headgate.gateway.http.CallerListener;
import dev.headgate.gateway.http.Exchange;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: takes the steps that the core decides, with at most two attempts in flight, and keeps the times
 * that concern all of them. Confined to the event loop of its caller's connection, save {@link #proceed}.
 */
final class RelayCall extends LoopTimer.Timed implements FailoverCall.Caller, CallerListener {
    private static final long LATER_NANOS = 3_600_000_000_000L;
    private static final long LAST_CHANCE_NANOS = 100_000_000L;

    private final Relay relay;
    private final Exchange exchange;
    private final RelayRequest asked;
    private final CallerAnswer answer;
    private final LoopTimer timer;
    private final long deadlineNanos;
    private final FailoverCall call;
    private final RelayConfig config;
    private final Recovery recovery;
    private final AttemptsInFlight inFlight = new AttemptsInFlight();

    private @Nullable RelayAttempt serving; // whose answer the caller gets
    private @Nullable KeptAnswer last;
    private long hedgeAtNanos;
    private long resumeAtNanos;
    private boolean hedges;
    private boolean waits;
    private boolean isCommitted;
    private boolean isEnded;
    private boolean isPastDeadline;

    RelayCall(Relay relay, Exchange exchange, RelayRequest asked) {
        this.relay = relay;
        this.exchange = exchange;
        this.asked = asked;
        this.answer = new CallerAnswer(exchange, asked, relay.stallNanos());
        this.recovery = new Recovery(StreamFamily.of(asked.target().kind()), asked.choices());
        this.timer = LoopTimer.of(exchange.loop());
        this.deadlineNanos = asked.failover().deadline().atNanos();
        this.call = relay.router().open(asked.failover(), this);
        // Read after the core was asked: it knows every backend of the plan that the core went by.
        this.config = relay.config();
    }

    void begin() {
        relay.metrics().began();
        lookAt(deadlineNanos);
        timer.add(this);
        exchange.listen(this);
        if (!isEnded) {
            answer.beat(this, asked.startNanos(), 0);
            take(call.begin());
        }
    }

    Relay relay() {
        return relay;
    }

    Exchange exchange() {
        return exchange;
    }

    AttemptRequest request() {
        return asked.request();
    }

    CallerAnswer answer() {
        return answer;
    }

    boolean mayFailOver() {
        return asked.failover().mayFailOver();
    }

    /** Returns whether the caller asked for a stream. */
    boolean streams() {
        return asked.streams();
    }

    /** Returns what the caller has of its stream, and how it may be taken up again. */
    Recovery recovery() {
        return recovery;
    }

    @Override
    public void proceed() {
        exchange.loop().execute(() -> {
            if (!isEnded) {
                take(call.resume());
            }
        });
    }

    /** Does what the core has decided. */
    void take(Step step) {
        switch (step) {
            case Step.Send send -> send(send);
            case Step.Resend resend -> running(resend.attempt()).resend(recoveryMode(resend.attempt()));
            case Step.Wait wait -> {
                waits = true;
                resumeAtNanos = wait.untilNanos();
                lookBy(resumeAtNanos);
            }
            case Step.Pending _ -> {}
            case Step.Return returned -> {
                RelayAttempt winner = running(returned.attempt());
                cancelAllBut(winner);
                serving = winner;
                winner.handOver(returned.advice());
            }
            case Step.ReturnLast returned -> {
                RelayAttempt open = inFlight.find(returned.attempt());
                if (open == null) {
                    returnLast(returned.advice());
                } else {
                    cancelAllBut(open);
                    serving = open;
                    open.handOver(returned.advice());
                }
            }
            case Step.Refuse refusal -> refuse(refusal.failure(), refusal.advice());
        }
    }

    private void send(Step.Send send) {
        RoutedBackend backend =
                config.backend(send.attempt().pool(), send.attempt().backend());
        RecoveryMode mode = recoveryMode(send.attempt());
        if (backend == null || mode == RecoveryMode.IMPOSSIBLE) {
            send.attempt().cancelled();
            giveUp();
            return;
        }
        RelayAttempt attempt = new RelayAttempt(this, send.attempt(), backend, mode);
        inFlight.add(attempt);
        if (send.hedgeAfterNanos() > 0) {
            hedges = true;
            hedgeAtNanos = System.nanoTime() + send.hedgeAfterNanos();
            lookBy(hedgeAtNanos);
        }
        attempt.start();
        if (send.attempt().number() == 1) {
            relay.metrics().sent(System.nanoTime() - asked.startNanos());
        }
    }

    /** Ends what cannot go on: in the stream that the caller has, or with an error of our own. */
    private void giveUp() {
        if (answer.isBegun()) {
            interrupt();
        } else {
            Failure failure = Failure.of(FailureKind.NO_BACKEND_AVAILABLE, "The request could not be sent.");
            refuse(failure, Step.Advice.NONE);
        }
    }

    private RecoveryMode recoveryMode(Attempt attempt) {
        return isCommitted ? recovery.mode(attempt) : RecoveryMode.NONE;
    }

    private RelayAttempt running(Attempt attempt) {
        return Objects.requireNonNull(inFlight.find(attempt), "the attempt is not in flight");
    }

    /** An attempt is over. */
    void left(RelayAttempt attempt) {
        inFlight.remove(attempt);
        if (isEnded && inFlight.isEmpty()) {
            timer.remove(this);
        }
    }

    private void cancelAllBut(@Nullable RelayAttempt kept) {
        hedges = false;
        waits = false;
        inFlight.cancelAllBut(kept);
    }

    /** Makes an attempt's answer the caller's; false if another was first. */
    boolean commit(RelayAttempt attempt) {
        if (!attempt.attempt().commits()) {
            return false;
        }
        String pool = attempt.attempt().pool();
        if (isCommitted) {
            relay.metrics().recovered(pool, attempt.mode(), "resumed");
        } else {
            relay.metrics().pool(pool).commits.record(System.nanoTime() - asked.startNanos());
        }
        isCommitted = true;
        serving = attempt;
        cancelAllBut(attempt);
        return true;
    }

    /** Sends an attempt's head to the caller, unless one has gone. */
    void sendHead(HttpResponse head, RelayAttempt attempt) {
        answer.begin(head, attempt, call.attempts());
    }

    /** Answers whole. */
    void answer(HttpResponse head, ByteBuf body, RelayAttempt attempt) {
        answer.answer(head, body, attempt, call.attempts());
    }

    /** Keeps an answer that was rejected, in case that there is no better one. */
    void keep(KeptAnswer rejected) {
        dropLast();
        last = rejected;
    }

    private void dropLast() {
        KeptAnswer kept = last;
        if (kept != null) {
            last = null;
            kept.body().release();
        }
    }

    private void returnLast(Step.Advice advice) {
        cancelAllBut(null);
        if (answer.isBegun()) {
            interrupt();
            return;
        }
        KeptAnswer kept = last;
        if (kept == null) {
            throw new IllegalStateException("no answer was kept");
        }
        last = null;
        answer.answer(kept, advice, call.attempts());
        end();
    }

    private void refuse(Failure failure, Step.Advice advice) {
        cancelAllBut(null);
        if (answer.isBegun()) {
            interrupt();
            return;
        }
        relay.metrics().refused(failure.kind());
        answer.refuse(failure, advice, call.attempts());
        end();
    }

    /** Takes a stream up again that broke after its first byte was released, or says that it cannot be. */
    void recover(RecoverySettings settings) {
        if (!isPastDeadline && recovery.begins(settings)) {
            take(call.recover());
        } else {
            interrupt();
        }
    }

    /** Ends a stream that nothing could save with an error in it. */
    void interrupt() {
        cancelAllBut(null);
        relay.metrics().refused(FailureKind.STREAM_INTERRUPTED);
        if (isCommitted) {
            relay.metrics().recovered(asked.pool().edge().name(), RecoveryMode.IMPOSSIBLE, "failed");
        }
        answer.interrupt(recovery.delivered(), call.attempts());
        end();
    }

    @Override
    public void writable() {
        answer.flows();
        RelayAttempt source = serving;
        if (source != null) {
            source.resume();
        }
    }

    @Override
    public void gone() {
        if (!isEnded) {
            call.cancel();
            cancelAllBut(null);
            end();
        }
    }

    /** The caller has the whole of a good answer: what it used, and the tokens that were seen. */
    void succeeded(Usage usage, long tokens) {
        if (relay.traffic().isRead()) {
            relay.traffic().answered(asked, usage, tokens);
        }
    }

    /** Returns who notes what an answer said, as the next turn may begin with it; null if it is of no interest. */
    @Nullable
    AnswerIndexing indexing() {
        return asked.tail() == null
                ? null
                : new AnswerIndexing(relay, asked.target().kind(), asked.tail());
    }

    /** Returns whether the policy of its pool looks at prompts, and learns from what was cached of them. */
    boolean readsPrompt() {
        return asked.pool().readsPrompt();
    }

    /** The caller has its answer, or never will. */
    void end() {
        if (isEnded) {
            return;
        }
        isEnded = true;
        hedges = false;
        waits = false;
        asked.request().release();
        dropLast();
        relay.ended(answer.summary(call.attempts()));
        if (inFlight.isEmpty()) {
            timer.remove(this);
        }
    }

    @Override
    void failed() {
        call.cancel();
        if (isEnded) {
            inFlight.cancelAllBut(null);
            timer.remove(this);
        } else {
            giveUp();
        }
    }

    @Override
    void due(long nowNanos) {
        lookAt(nowNanos + LATER_NANOS);
        if (!isEnded) {
            dueOfCall(nowNanos);
        }
        inFlight.due(nowNanos);
    }

    private void dueOfCall(long nowNanos) {
        if (nowNanos - deadlineNanos >= 0) {
            deadlinePassed(nowNanos);
            return;
        }
        lookBy(deadlineNanos);
        if (answer.isStuck(this, nowNanos)) {
            exchange.drop();
            gone();
            return;
        }
        answer.beat(this, nowNanos, call.attempts());
        if (waits && nowNanos - resumeAtNanos >= 0) {
            waits = false;
            take(call.resume());
        } else if (hedges && nowNanos - hedgeAtNanos >= 0) {
            hedges = false;
            take(call.hedge());
        }
        if (waits) {
            lookBy(resumeAtNanos);
        }
        if (hedges) {
            lookBy(hedgeAtNanos);
        }
    }

    private void deadlinePassed(long nowNanos) {
        if (isPastDeadline || inFlight.isEmpty()) {
            cancelAllBut(null);
            call.cancel();
            refuse(CallerAnswer.late(), Step.Advice.NONE);
            return;
        }
        isPastDeadline = true;
        lookBy(nowNanos + LAST_CHANCE_NANOS);
        inFlight.deadlinePassed();
    }
}
