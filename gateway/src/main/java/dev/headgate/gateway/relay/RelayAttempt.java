package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.failover.Step;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.gateway.upstream.UpstreamExchange;
import dev.headgate.gateway.upstream.UpstreamFailure;
import dev.headgate.gateway.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to one backend: sends it, looks at the head of the answer and gives the rest to an {@link AnswerRelay}. Tells
 * the core how it went, once. Confined to the event loop.
 */
final class RelayAttempt implements UpstreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(RelayAttempt.class);

    /** What follows a whole answer, as a last chunk, is waited for this long, so that the connection can serve on. */
    private static final long DRAIN_NANOS = 1_000_000_000L;

    private final RelayCall call;
    private final Attempt attempt;
    private final RoutedBackend backend;
    private RecoveryMode mode;
    private final long startNanos = System.nanoTime();
    private final long idleNanos;
    private long begunNanos = startNanos; // when the circuit breaker had room for it
    private final AttemptSending sending;
    private final long headNanos; // 0 = no limit
    private @Nullable UpstreamExchange upstream;
    private @Nullable AnswerRelay answer;
    private boolean isPaused;
    private boolean isDone;
    private long drainsUntilNanos; // 0 = it does not

    RelayAttempt(RelayCall call, Attempt attempt, RoutedBackend backend, RecoveryMode mode) {
        this.call = call;
        this.attempt = attempt;
        this.backend = backend;
        this.mode = mode;
        this.sending = new AttemptSending(this);
        Attempt.Limits limits = attempt.limits();
        idleNanos = limits.idleNanos();
        headNanos = call.streams() ? limits.firstTokenNanos() : limits.responseNanos();
    }

    Attempt attempt() {
        return attempt;
    }

    RoutedBackend backend() {
        return backend;
    }

    RelayCall call() {
        return call;
    }

    RecoveryMode mode() {
        return mode;
    }

    long idleNanos() {
        return idleNanos;
    }

    /** Returns when the first token, or the head of what is no stream, must have come; 0 = there is no limit. */
    long headLimitNanos() {
        UpstreamExchange open = upstream;
        if (open != null && open.gotRoomNanos() != 0) {
            begunNanos = open.gotRoomNanos(); // the backend is not to blame for what was before
        }
        return headNanos == 0 ? 0 : begunNanos + headNanos | 1;
    }

    long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    boolean isPaused() {
        return isPaused;
    }

    /** Sends the request. */
    void start() {
        if (headNanos != 0) {
            call.lookBy(headLimitNanos());
        }
        sending.start(mode);
    }

    /** Sends the same attempt again: with a new token, or in another mode of recovery. */
    void resend(RecoveryMode next) {
        if (mode == next) {
            sending.dropToken();
        }
        mode = next;
        dropAnswer();
        if (next == RecoveryMode.IMPOSSIBLE) {
            giveUp();
        } else {
            start();
        }
    }

    /** There is no way to go on after what the caller has. */
    void giveUp() {
        cancel();
        call.interrupt();
    }

    /** The request is on its way. */
    void sent(UpstreamExchange exchange) {
        upstream = exchange;
    }

    boolean isDone() {
        return isDone;
    }

    @Override
    public void answered(HttpResponse head) {
        int status = head.status().code();
        NettyFields fields = new NettyFields(head.headers());
        attempt.answered(status, fields);
        if (status >= 200 && status < 300) {
            succeed(head);
        } else {
            answer = new ErrorAnswer(this, head);
        }
    }

    private void succeed(HttpResponse head) {
        if (AnswerKind.isEventStream(head.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
            answer = StreamedAnswer.of(this, head);
        } else if (call.answer().isBegun()) {
            fail(AttemptFailure.CUT); // a stream cannot go on as something else
        } else if (call.mayFailOver()
                && AnswerKind.isShortJson(
                        head.headers().get(HttpHeaderNames.CONTENT_TYPE),
                        head.headers().get(HttpHeaderNames.CONTENT_LENGTH))) {
            answer = new WholeAnswer(this, head);
        } else {
            PassedAnswer passed = new PassedAnswer(this, head);
            answer = passed;
            if (!call.mayFailOver()) {
                passed.commit();
            }
        }
    }

    /** Judges an answer that is no success by what has arrived of its body. */
    void judge(HttpResponse head, ByteBuf body) {
        int status = head.status().code();
        NettyFields fields = new NettyFields(head.headers());
        if (attempt.isTurnedAway(status, fields)) {
            call.answer().noteFailed(this, "rejected");
            leave();
            call.take(attempt.turnedAway(fields));
            return;
        }
        Verdict verdict = backend.classifier()
                .classify(status, fields, body.nioBuffer(), backend.owner(), System.currentTimeMillis());
        if (mode == RecoveryMode.CONTINUE && status >= 400 && status < 500) {
            decided(attempt.refusesPrefill(), Integer.toString(status));
        } else {
            decided(attempt.rejected(verdict), Integer.toString(status));
        }
    }

    /** The core has said what comes after this attempt's answer was rejected. */
    void decided(Step step, String outcome) {
        boolean again = step instanceof Step.Resend resend && resend.attempt() == attempt;
        if (isHandedOver(step)) {
            call.take(step);
            return;
        }
        call.answer().noteFailed(this, outcome);
        AnswerRelay rejected = Objects.requireNonNull(answer);
        rejected.keepFor(call);
        dropAnswer();
        if (again) {
            stopUpstream();
        } else {
            leave();
        }
        call.take(step);
    }

    /** Returns whether this answer is the caller's after all; it may still be arriving. */
    private boolean isHandedOver(Step step) {
        return (step instanceof Step.Return answered && answered.attempt() == attempt)
                || (step instanceof Step.ReturnLast last && last.attempt() == attempt);
    }

    /** Hands this attempt's answer over as it is. */
    void handOver(Step.Advice advice) {
        Objects.requireNonNull(answer).handOver(advice);
    }

    @Override
    public void content(ByteBuf content) {
        AnswerRelay relay = answer;
        if (relay == null || isDone || drainsUntilNanos != 0) {
            content.release();
        } else {
            relay.content(content);
        }
    }

    @Override
    public void readComplete() {
        AnswerRelay relay = answer;
        if (relay != null && !isDone) {
            relay.readComplete();
        }
    }

    @Override
    public void ended(HttpHeaders trailers, BodyEnd end) {
        upstream = null;
        if (drainsUntilNanos != 0) {
            drained();
        } else if (!isDone && answer != null) {
            answer.ended(trailers, end);
        }
    }

    @Override
    public void failed(UpstreamFailure failure) {
        upstream = null;
        LOG.debug(
                "attempt fails: backend={} kind={} detail={}",
                backend,
                failure.kind().label(),
                failure.detail());
        AnswerRelay relay = answer;
        if (drainsUntilNanos != 0) {
            drained();
        } else if (isDone) {
            return;
        } else if (relay != null) {
            relay.broke(failure.kind());
        } else if (failure.reach() == UpstreamFailure.Reach.STALE_CONNECTION && attempt.resends()) {
            sending.again(mode);
        } else {
            fail(failure.kind());
        }
    }

    @Override
    public void overflowed(CircuitBreaker.Place refusal) {
        upstream = null;
        if (!isDone) {
            call.answer().noteFailed(this, "overflow");
            leave();
            call.take(attempt.overflowed(refusal));
        }
    }

    /** It failed before anything of it was released. */
    void fail(AttemptFailure failure) {
        call.answer().noteFailed(this, failure.name().toLowerCase(Locale.ROOT));
        leave();
        call.take(attempt.failed(failure));
    }

    /** Its whole answer is the caller's; what may follow is dropped. */
    void complete(Usage usage) {
        attempt.completed(usage);
        if (upstream == null) {
            leave();
        } else {
            drainsUntilNanos = System.nanoTime() + DRAIN_NANOS | 1;
            call.lookBy(drainsUntilNanos);
            resume();
        }
        call.end();
    }

    /** It broke after the caller had the beginning of an answer that cannot be taken up again. */
    void abort(AttemptFailure failure) {
        leave();
        attempt.broken(failure);
        call.exchange().abort();
        call.end();
    }

    /** Ends its part without telling the core. */
    void leave() {
        isDone = true;
        stopUpstream();
        dropAnswer();
        call.left(this);
    }

    /** The caller has gone or has its answer from elsewhere. */
    void cancel() {
        if (!isDone && drainsUntilNanos == 0) {
            leave();
            attempt.cancelled();
        }
    }

    void deadlinePassed() {
        AnswerRelay relay = answer;
        if (isDone || drainsUntilNanos != 0) {
            return;
        }
        if (relay == null) {
            fail(AttemptFailure.DEADLINE);
        } else {
            stopUpstream();
            relay.broke(AttemptFailure.DEADLINE);
        }
    }

    /** Another object takes the rest of the answer over. */
    void goOnWith(AnswerRelay next) {
        answer = next;
    }

    /** Stops reading from the upstream until the caller has taken what it was sent. */
    void pauseIfFull() {
        UpstreamExchange open = upstream;
        if (open != null && !call.exchange().isWritable()) {
            isPaused = true;
            open.pause();
            call.answer().stalled(call);
        }
    }

    void resume() {
        UpstreamExchange open = upstream;
        if (isPaused && open != null) {
            isPaused = false;
            AnswerRelay relay = answer;
            if (relay != null) {
                relay.heard();
            }
            open.resume();
        }
    }

    void due(long nowNanos) {
        AnswerRelay relay = answer;
        if (drainsUntilNanos != 0) {
            if (nowNanos - drainsUntilNanos >= 0) {
                stopUpstream();
                drained();
            } else {
                call.lookBy(drainsUntilNanos);
            }
        } else if (relay != null) {
            relay.due(nowNanos);
        } else if (headNanos != 0) {
            if (nowNanos - headLimitNanos() < 0) {
                call.lookBy(headLimitNanos());
            } else if (upstream != null && upstream.waitsForRoom()) {
                stopUpstream();
                overflowed(CircuitBreaker.Place.ENDPOINT_FULL); // a backend that was not asked has not been slow
            } else {
                fail(call.streams() ? AttemptFailure.FIRST_TOKEN_TIMEOUT : AttemptFailure.RESPONSE_TIMEOUT);
            }
        }
    }

    private void drained() {
        isDone = true;
        dropAnswer();
        call.left(this);
    }

    private void stopUpstream() {
        UpstreamExchange open = upstream;
        if (open != null) {
            upstream = null;
            open.cancel();
        }
    }

    private void dropAnswer() {
        AnswerRelay relay = answer;
        if (relay != null) {
            answer = null;
            relay.release();
        }
    }
}
