package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverCall;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.Recovery;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.failover.Step;
import dev.headgate.core.pool.SerialContext;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.stream.StreamFamily;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: takes the steps that the core decides, with at most two attempts in flight. All of it happens in
 * its turn, on whichever thread brings news; other threads may call what is said to be thread-safe.
 */
final class ClientCall implements FailoverCall.Caller {
    private static final long LATER_NANOS = 3_600_000_000_000L;
    private static final long LAST_CHANCE_NANOS = 100_000_000L;

    private final Engine engine;
    private final AskedRequest asked;
    private final Answering answering;
    private final @Nullable CallTransport own; // the application's, null = the client's
    private final SerialContext turn = new SerialContext();
    private final FailoverCall call;
    private final Recovery recovery;
    private final long deadlineNanos;
    private final long headNanos; // until the application must have a head; 0 = no limit
    private final long headDeadlineNanos;
    private final AttemptsInFlight inFlight = new AttemptsInFlight();

    private volatile long lookAtNanos;
    private @Nullable KeptAnswer last;
    private @Nullable IOException broken; // how the last attempt without an answer ended
    private long hedgeAtNanos;
    private long resumeAtNanos;
    private boolean hedges;
    private boolean waits;
    private boolean isCommitted;
    private boolean isEnded;
    private boolean isPastDeadline;

    ClientCall(Engine engine, AskedRequest asked, Answering answering, @Nullable CallTransport own) {
        this.engine = engine;
        this.asked = asked;
        this.answering = answering;
        this.own = own;
        long now = System.nanoTime();
        recovery = new Recovery(StreamFamily.of(asked.kind()), asked.choices());
        var failover = asked.failover(now, engine.settings().timeouts().total().toNanos());
        deadlineNanos = failover.deadline().atNanos();
        headNanos = asked.headNanos();
        headDeadlineNanos = now + headNanos;
        lookAtNanos = deadlineNanos;
        lookForHead();
        call = engine.router().open(failover, this);
        answering.begins(this);
    }

    /** Begins; thread-safe, once. */
    void begin() {
        engine.clock().add(this);
        turn.execute(() -> {
            if (!isEnded) {
                take(call.begin());
            }
        });
    }

    /** Runs {@code task} in the call's turn; thread-safe. */
    void inTurn(Runnable task) {
        turn.execute(task);
    }

    Engine engine() {
        return engine;
    }

    /** Begins an exchange. */
    Transport.Exchange send(Transport.Outgoing request, Transport.Receiver receiver) {
        CallTransport given = own;
        return given == null ? engine.transport().send(request, receiver) : given.send(request, receiver);
    }

    AskedRequest asked() {
        return asked;
    }

    Answering answering() {
        return answering;
    }

    Recovery recovery() {
        return recovery;
    }

    int attempts() {
        return call.attempts();
    }

    @Override
    public void proceed() {
        turn.execute(() -> {
            if (!isEnded) {
                take(call.resume());
            }
        });
    }

    /** Does what the core has decided. */
    void take(Step step) {
        if (step instanceof Step.Send send) {
            send(send);
        } else if (step instanceof Step.Resend resend) {
            inFlight.running(resend.attempt()).resend(mode(resend.attempt()));
        } else if (step instanceof Step.Wait wait) {
            waits = true;
            resumeAtNanos = wait.untilNanos();
            lookBy(resumeAtNanos);
        } else if (step instanceof Step.Return returned) {
            handOver(inFlight.running(returned.attempt()), returned.advice());
        } else if (step instanceof Step.ReturnLast returned) {
            ClientAttempt open = inFlight.find(returned.attempt());
            if (open == null) {
                returnLast(returned.advice());
            } else {
                handOver(open, returned.advice());
            }
        } else if (step instanceof Step.Refuse refusal) {
            refuse(refusal.failure(), refusal.advice());
        }
    }

    private void send(Step.Send send) {
        RecoveryMode mode = mode(send.attempt());
        if (mode == RecoveryMode.IMPOSSIBLE) {
            send.attempt().cancelled();
            giveUp();
            return;
        }
        ClientAttempt attempt = new ClientAttempt(this, send.attempt(), mode);
        inFlight.add(attempt);
        if (send.hedgeAfterNanos() > 0 && own == null) {
            hedges = true;
            hedgeAtNanos = System.nanoTime() + send.hedgeAfterNanos();
            lookBy(hedgeAtNanos);
        }
        attempt.start();
    }

    private RecoveryMode mode(Attempt attempt) {
        return isCommitted ? recovery.mode(attempt) : RecoveryMode.NONE;
    }

    private void handOver(ClientAttempt winner, Step.Advice advice) {
        cancelAllBut(winner);
        winner.handOver(advice);
    }

    private void giveUp() {
        if (answering.isBegun()) {
            interrupt();
        } else {
            refuse(Failure.of(FailureKind.NO_BACKEND_AVAILABLE, "The request could not be sent."), Step.Advice.NONE);
        }
    }

    /** An attempt is over. */
    void left(ClientAttempt attempt) {
        inFlight.remove(attempt);
    }

    private void cancelAllBut(@Nullable ClientAttempt kept) {
        hedges = false;
        waits = false;
        inFlight.cancelAllBut(kept);
    }

    /** Makes an attempt's answer the application's; false if another was first. */
    boolean commit(ClientAttempt attempt) {
        if (!attempt.attempt().commits()) {
            return false;
        }
        isCommitted = true;
        cancelAllBut(attempt);
        return true;
    }

    /** Keeps an answer that was rejected, in case that there is no better one. */
    void keep(KeptAnswer rejected) {
        last = rejected;
    }

    /** Keeps how an attempt broke, in case that nothing ever answers. */
    void keep(@Nullable IOException cause) {
        broken = cause;
    }

    private void returnLast(Step.Advice advice) {
        KeptAnswer kept = last;
        cancelAllBut(null);
        if (answering.isBegun()) {
            interrupt();
        } else if (kept == null) {
            giveUp();
        } else {
            answering.answer(kept, advice, call.attempts());
            end();
        }
    }

    private void refuse(Failure failure, Step.Advice advice) {
        cancelAllBut(null);
        if (answering.isBegun()) {
            interrupt();
            return;
        }
        FailureKind kind = failure.kind();
        if (kind == FailureKind.UPSTREAM_TIMEOUT || kind == FailureKind.UPSTREAM_UNREACHABLE) {
            answering.fail(exception(failure));
        } else {
            answering.refuse(failure, advice, call.attempts());
        }
        end();
    }

    /** What no server answered is told as what happened on the way, as if the application had sent it itself. */
    private IOException exception(Failure failure) {
        IOException cause = broken;
        if (failure.kind() != FailureKind.UPSTREAM_TIMEOUT) {
            return cause == null ? new IOException(failure.message()) : new IOException(failure.message(), cause);
        }
        SocketTimeoutException late = new SocketTimeoutException(failure.message());
        if (cause != null) {
            late.initCause(cause);
        }
        return late;
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
        answering.interrupt(recovery.delivered(), call.attempts());
        end();
    }

    /** The application takes more again; thread-safe. */
    void drained() {
        turn.execute(inFlight::resume); // also one that takes a stream up and has released nothing
    }

    /** The application gave up; thread-safe. */
    void gone() {
        turn.execute(() -> {
            if (!isEnded) {
                call.cancel();
                cancelAllBut(null);
                end();
            }
        });
    }

    /** The client was closed; thread-safe. */
    void clientClosed() {
        turn.execute(() -> {
            if (!isEnded) {
                breakOff(new IOException("the client was closed while the request was in flight"));
            }
        });
    }

    /** The request's own body could not be read on its way out, which is no failure of a backend. */
    void unreadable(IOException cause) {
        breakOff(new IOException("the request's body could not be read", cause));
    }

    private void breakOff(IOException cause) {
        call.cancel();
        cancelAllBut(null);
        answering.fail(cause);
        end();
    }

    /** The application has its answer, or never will. */
    void end() {
        if (!isEnded) {
            isEnded = true;
            hedges = false;
            waits = false;
            last = null;
            engine.clock().remove(this);
        }
    }

    /** Looks at the times if one has come; thread-safe. */
    void tick(long nowNanos) {
        CallTransport given = own;
        if (given != null && given.isCancelled()) {
            gone();
            return;
        }
        if (nowNanos - lookAtNanos >= 0) {
            lookAtNanos = nowNanos + LATER_NANOS; // until the turn says otherwise
            turn.execute(this::due);
        }
    }

    /** Looks at the times again by then, or sooner. */
    void lookBy(long nanos) {
        if (nanos - lookAtNanos < 0) {
            lookAtNanos = nanos;
        }
    }

    private void lookForHead() {
        if (headNanos > 0 && !answering.isBegun()) {
            lookBy(headDeadlineNanos);
        }
    }

    private void due() {
        if (isEnded) {
            return;
        }
        long now = System.nanoTime();
        if (headNanos > 0 && !answering.isBegun() && now - headDeadlineNanos >= 0) {
            timedOut();
            return;
        }
        if (now - deadlineNanos >= 0) {
            deadlinePassed(now);
        } else {
            lookBy(deadlineNanos);
            lookForHead();
            dueOfCall(now);
        }
        inFlight.due(now);
    }

    private void dueOfCall(long nowNanos) {
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
            timedOut();
            return;
        }
        isPastDeadline = true;
        lookBy(nowNanos + LAST_CHANCE_NANOS);
        inFlight.deadlinePassed();
    }

    private void timedOut() {
        cancelAllBut(null);
        call.cancel();
        refuse(
                Failure.of(FailureKind.UPSTREAM_TIMEOUT, "no backend answered before the request's deadline"),
                Step.Advice.NONE);
    }
}
