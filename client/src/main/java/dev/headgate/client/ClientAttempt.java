package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CredentialOwner;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.stream.AnswerKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request to one backend: sends it, looks at the head of the answer and gives the rest to an {@link Answer}. Tells the
 * core how it went, once. Confined to the call's turn.
 */
final class ClientAttempt {
    private final ClientCall call;
    private final Attempt attempt;
    private final Backend backend;
    private final @Nullable TokenCache tokens;
    private final long startNanos = System.nanoTime();
    private final long idleNanos;
    private final long headNanos; // 0 = no limit
    private RecoveryMode mode;
    private int transmission;
    private @Nullable String credential;
    private Transport.@Nullable Exchange exchange;
    private @Nullable Answer answer;
    private boolean isPaused;
    private boolean wasPaused;
    private boolean isDone;

    ClientAttempt(ClientCall call, Attempt attempt, RecoveryMode mode) {
        this.call = call;
        this.attempt = attempt;
        this.mode = mode;
        backend = call.engine().backend(attempt.backend().id());
        tokens = call.engine().tokens(backend);
        Attempt.Limits limits = attempt.limits();
        idleNanos = limits.idleNanos();
        headNanos = call.asked().streams() ? limits.firstTokenNanos() : limits.responseNanos();
        if (call.asked().isTooLargeToKeep()) {
            attempt.isSentOnce();
        }
    }

    Attempt attempt() {
        return attempt;
    }

    ClientCall call() {
        return call;
    }

    RecoveryMode mode() {
        return mode;
    }

    String backendId() {
        return backend.id();
    }

    long idleNanos() {
        return idleNanos;
    }

    boolean isPaused() {
        return isPaused;
    }

    /** Returns whether the application has kept it waiting at any time. */
    boolean wasPaused() {
        return wasPaused;
    }

    /** Returns when the first token, or the head of what is no stream, must have come; 0 = there is no limit. */
    long headLimitNanos() {
        return headNanos == 0 ? 0 : startNanos + headNanos | 1;
    }

    /** Sends the request, once there is a credential for it. */
    void start() {
        if (headNanos != 0) {
            call.lookBy(headLimitNanos());
        }
        TokenCache changing = tokens;
        if (changing == null) {
            transmit(backend.credential().isOwn() ? backend.credential().value() : null);
            return;
        }
        String token = changing.current();
        if (token != null) {
            transmit(token);
            return;
        }
        changing.fetch(fetched -> call.inTurn(() -> {
            if (isDone) {
                return;
            }
            if (fetched == null) {
                fail(AttemptFailure.NO_TOKEN, null);
            } else {
                transmit(fetched);
            }
        }));
    }

    private void transmit(@Nullable String shown) {
        credential = shown;
        byte[] body = call.asked().body(attempt);
        if (mode == RecoveryMode.CONTINUE) {
            Optional<byte[]> continued = call.recovery()
                    .delivery(attempt.settings().recovery())
                    .continuation(ByteBuffer.wrap(body), attempt.prefill());
            if (continued.isEmpty()) {
                cancel();
                call.interrupt();
                return;
            }
            body = continued.get();
        }
        Transport.Outgoing request = call.asked()
                .outgoing(
                        attempt,
                        backend,
                        shown,
                        ByteBuffer.wrap(body),
                        attempt.settings().timeouts().connect());
        Transmission heard = new Transmission(this, ++transmission);
        Transport.Exchange sent = begun(request, heard);
        if (sent == null) {
            return;
        }
        if (isDone || heard.number() != transmission) {
            sent.cancel();
        } else if (!heard.isOver()) {
            exchange = sent;
        }
    }

    /** Returns what is in flight, null if a transport throws, although it should tell. */
    @SuppressWarnings("IllegalCatch") // a transport may be foreign code: whatever it throws, the attempt has failed
    private Transport.@Nullable Exchange begun(Transport.Outgoing request, Transmission heard) {
        try {
            return call.send(request, heard);
        } catch (RuntimeException e) {
            heard.failed(new Transport.Broken(
                    AttemptFailure.CONNECT_REFUSED, false, new IOException("the transport failed: " + e, e)));
            return null;
        }
    }

    /** Sends the same attempt again: with a new token, or in another mode of recovery. */
    void resend(RecoveryMode next) {
        mode = next;
        stop();
        answer = null;
        if (next == RecoveryMode.IMPOSSIBLE) {
            cancel();
            call.interrupt();
        } else {
            start();
        }
    }

    /** The head came. */
    void answered(int status, Fields fields) {
        attempt.answered(status, fields);
        if (status < 200 || status >= 300) {
            answer = new ErrorAnswer(this, status, fields);
        } else if (AnswerKind.isEventStream(fields.first("content-type"))) {
            answer = StreamedAnswer.of(this, status, fields);
        } else if (call.answering().isBegun()) {
            fail(AttemptFailure.CUT, null); // a stream cannot go on as something else
            return;
        } else if (call.asked().mayFailOver()
                && AnswerKind.isShortJson(fields.first("content-type"), fields.first("content-length"))) {
            answer = new WholeAnswer(this, status, fields);
        } else {
            PassedAnswer passed = new PassedAnswer(this, status, fields);
            answer = passed;
            if (!call.asked().mayFailOver()) {
                passed.commit();
            }
        }
        more();
    }

    /** Judges an answer that is no success by what has arrived of its body. */
    void judge(int status, Fields fields, ByteBuffer body) {
        Verdict verdict =
                call.engine().classifier().classify(status, fields, body, owner(), System.currentTimeMillis());
        if (verdict.status() == 401 && tokens != null) {
            tokens.drop(credential);
        }
        if (mode == RecoveryMode.CONTINUE && status >= 400 && status < 500) {
            decided(attempt.refusesPrefill());
        } else {
            decided(attempt.rejected(verdict));
        }
    }

    /** Returns whose credential it carries. */
    CredentialOwner owner() {
        return backend.credential().isOwn() ? CredentialOwner.BACKEND : CredentialOwner.CALLER;
    }

    /** The core has said what comes after this attempt's answer was rejected. */
    void decided(Step step) {
        boolean again = step instanceof Step.Resend resend && resend.attempt() == attempt;
        if (isHandedOver(step)) {
            call.take(step);
            return;
        }
        Answer rejected = answer;
        if (rejected != null) {
            rejected.keepFor(call);
        }
        if (again) {
            stop();
        } else {
            leave();
        }
        call.take(step);
    }

    private boolean isHandedOver(Step step) {
        return (step instanceof Step.Return answered && answered.attempt() == attempt)
                || (step instanceof Step.ReturnLast last && last.attempt() == attempt);
    }

    /** Hands this attempt's answer over as it is. */
    void handOver(Step.Advice advice) {
        Answer own = answer;
        if (own == null) {
            throw new IllegalStateException("attempt " + attempt.number() + ": no answer (expected: a rejected one)");
        }
        own.handOver(advice);
    }

    /** Another object takes the rest of the answer over. */
    void goOnWith(Answer next) {
        answer = next;
    }

    /** It failed before anything of it was released. */
    void fail(AttemptFailure failure, @Nullable IOException cause) {
        call.keep(cause);
        leave();
        call.take(attempt.failed(failure));
    }

    /** Its whole answer is the application's. */
    void complete(Usage usage) {
        attempt.completed(usage);
        leave();
        call.end();
    }

    /** It broke after the application had the beginning of an answer that cannot be taken up again. */
    void abort(AttemptFailure failure, @Nullable IOException cause) {
        leave();
        attempt.broken(failure);
        call.answering().fail(cause == null ? new IOException("the answer broke off: " + failure.label()) : cause);
        call.end();
    }

    /** Ends its part without telling the core. */
    void leave() {
        isDone = true;
        stop();
        call.left(this);
    }

    private void stop() {
        Transport.Exchange open = exchange;
        exchange = null;
        transmission++; // what the exchange still tells is of no interest
        if (open != null) {
            open.cancel();
        }
    }

    /** The application has gone or has its answer from elsewhere. */
    void cancel() {
        if (!isDone) {
            leave();
            attempt.cancelled();
        }
    }

    void deadlinePassed() {
        if (isDone) {
            return;
        }
        Answer own = answer;
        if (own == null) {
            fail(AttemptFailure.DEADLINE, null);
        } else {
            stop();
            own.broke(AttemptFailure.DEADLINE, null);
        }
    }

    /** Asks for more of the body, unless the application has enough to read. */
    void more() {
        Transport.Exchange open = exchange;
        if (isDone || open == null) {
            return;
        }
        if (call.answering().body().isFull()) {
            isPaused = true;
            wasPaused = true;
        } else {
            open.more();
        }
    }

    /** The application has room again. */
    void resume() {
        if (isPaused && !isDone) {
            isPaused = false;
            Answer own = answer;
            if (own != null) {
                own.heard();
                call.lookBy(own.heardNanos() + idleNanos);
            }
            more();
        }
    }

    void due(long nowNanos) {
        Answer own = answer;
        if (isDone) {
            return;
        }
        if (own != null) {
            own.due(nowNanos);
        } else if (headNanos != 0) {
            if (nowNanos - headLimitNanos() < 0) {
                call.lookBy(headLimitNanos());
            } else {
                fail(
                        call.asked().streams() ? AttemptFailure.FIRST_TOKEN_TIMEOUT : AttemptFailure.RESPONSE_TIMEOUT,
                        null);
            }
        }
    }

    /** A piece of the body came. */
    void content(List<ByteBuffer> piece) {
        Answer own = answer;
        if (own != null) {
            own.content(piece);
        }
    }

    /** The body ended as HTTP wants it. */
    void ended() {
        exchange = null;
        Answer own = answer;
        if (own != null) {
            own.ended();
        }
    }

    /** The exchange failed. */
    void failed(Transport.Broken broken) {
        exchange = null;
        Answer own = answer;
        IOException unread = call.asked().failure();
        if (own == null && unread != null) {
            call.unreadable(unread);
        } else if (own != null) {
            own.broke(broken.failure(), broken.cause());
        } else if (broken.wasReused() && attempt.resends()) {
            transmit(credential);
        } else {
            fail(broken.failure(), broken.cause());
        }
    }

    /** Runs {@code news} of a transmission in the call's turn, unless another has taken its place or nobody waits for it. */
    void told(int number, Runnable news) {
        call.inTurn(() -> {
            if (!isDone && number == transmission) {
                news.run();
            }
        });
    }
}
