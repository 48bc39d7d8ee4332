package dev.headgate.gateway.relay;

import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.route.Attempt;
import dev.headgate.core.route.FailoverCall;
import dev.headgate.core.route.FailoverSettings.RecoverySettings;
import dev.headgate.core.route.Step;
import dev.headgate.core.stream.StreamDelivery;
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

    private @Nullable RelayAttempt first;
    private @Nullable RelayAttempt second;
    private @Nullable RelayAttempt serving; // whose answer the caller gets
    private @Nullable KeptAnswer last;
    private @Nullable StreamDelivery delivery;
    private long hedgeAtNanos;
    private long resumeAtNanos;
    private boolean hedges;
    private boolean waits;
    private boolean isCommitted;
    private boolean isEnded;
    private boolean isPastDeadline;
    private boolean replayFailed;
    private int recoveries;

    RelayCall(Relay relay, Exchange exchange, RelayRequest asked) {
        this.relay = relay;
        this.exchange = exchange;
        this.asked = asked;
        this.answer = new CallerAnswer(exchange, asked, relay.stallNanos());
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

    /** Returns what the caller has of its stream. */
    StreamDelivery delivery(RecoverySettings recovery) {
        StreamDelivery known = delivery;
        if (known == null) {
            int kept = recovery.max() == 0 || recovery.modes().isEmpty() ? 0 : recovery.maxBytes();
            known = new StreamDelivery(StreamFamily.of(asked.target().kind()), asked.choices(), kept);
            delivery = known;
        }
        return known;
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
            case Step.Resend resend -> inFlight(resend.attempt()).resend(recoveryMode(resend.attempt()));
            case Step.Wait wait -> {
                waits = true;
                resumeAtNanos = wait.untilNanos();
                lookBy(resumeAtNanos);
            }
            case Step.Pending _ -> {}
            case Step.Return returned -> {
                RelayAttempt winner = inFlight(returned.attempt());
                cancelAllBut(winner);
                serving = winner;
                winner.handOver(returned.advice());
            }
            case Step.ReturnLast returned -> {
                RelayAttempt open = find(returned.attempt());
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
            interrupt();
            return;
        }
        RelayAttempt attempt = new RelayAttempt(this, send.attempt(), backend, mode);
        if (first == null) {
            first = attempt;
        } else {
            second = attempt;
        }
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

    private RecoveryMode recoveryMode(Attempt attempt) {
        StreamDelivery delivered = delivery;
        if (!isCommitted || delivered == null) {
            return RecoveryMode.NONE;
        }
        for (RecoverySettings.Mode mode : attempt.settings().recovery().modes()) {
            if (mode == RecoverySettings.Mode.REPLAY && !replayFailed && delivered.canReplay()) {
                return RecoveryMode.REPLAY;
            }
            if (mode == RecoverySettings.Mode.CONTINUE && RelayAttempt.canContinue(attempt, delivered)) {
                return RecoveryMode.CONTINUE;
            }
        }
        return RecoveryMode.IMPOSSIBLE;
    }

    private RelayAttempt inFlight(Attempt attempt) {
        return Objects.requireNonNull(find(attempt), "the attempt is not in flight");
    }

    private @Nullable RelayAttempt find(Attempt attempt) {
        RelayAttempt one = first;
        if (one != null && one.attempt() == attempt) {
            return one;
        }
        RelayAttempt other = second;
        return other != null && other.attempt() == attempt ? other : null;
    }

    /** An attempt is over. */
    void left(RelayAttempt attempt) {
        if (first == attempt) {
            first = second;
            second = null;
        } else if (second == attempt) {
            second = null;
        }
        if (isEnded && first == null) {
            timer.remove(this);
        }
    }

    private void cancelAllBut(@Nullable RelayAttempt kept) {
        hedges = false;
        waits = false;
        RelayAttempt one = first;
        RelayAttempt other = second;
        if (other != null && other != kept) {
            other.cancel();
        }
        if (one != null && one != kept) {
            one.cancel();
        }
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
        KeptAnswer kept = Objects.requireNonNull(last, "no answer was kept");
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
        StreamDelivery delivered = delivery;
        boolean possible = delivered != null
                && recoveries < settings.max()
                && !isPastDeadline
                && ((!replayFailed && delivered.canReplay()) || delivered.canContinue());
        if (possible) {
            recoveries++;
            take(call.recover());
        } else {
            interrupt();
        }
    }

    /** What came departs from what the caller has. */
    void replayFailed() {
        replayFailed = true;
    }

    /** Ends a stream that nothing could save with an error in it. */
    void interrupt() {
        cancelAllBut(null);
        StreamDelivery delivered = delivery;
        if (delivered == null) {
            delivered = new StreamDelivery(StreamFamily.of(asked.target().kind()), 1, 0);
        }
        relay.metrics().refused(FailureKind.STREAM_INTERRUPTED);
        if (isCommitted) {
            relay.metrics().recovered(asked.pool().edge().name(), RecoveryMode.IMPOSSIBLE, "failed");
        }
        answer.interrupt(delivered, call.attempts());
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
        if (first == null) {
            timer.remove(this);
        }
    }

    @Override
    void due(long nowNanos) {
        lookAt(nowNanos + LATER_NANOS);
        if (!isEnded) {
            dueOfCall(nowNanos);
        }
        RelayAttempt one = first;
        if (one != null) {
            one.due(nowNanos);
        }
        RelayAttempt other = second;
        if (other != null) {
            other.due(nowNanos);
        }
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
        RelayAttempt one = first;
        if (isPastDeadline || one == null) {
            cancelAllBut(null);
            call.cancel();
            refuse(CallerAnswer.late(), Step.Advice.NONE);
            return;
        }
        isPastDeadline = true;
        lookBy(nowNanos + LAST_CHANCE_NANOS);
        RelayAttempt other = second;
        if (other != null) {
            other.deadlinePassed();
        }
        if (first == one) {
            one.deadlinePassed();
        }
    }
}
