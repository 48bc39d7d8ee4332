package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/**
 * What happens with the body of one attempt's answer, by the kind of answer. Confined to the event loop.
 *
 * <p>Each reports the end through its {@link RelayAttempt}, once, and is {@linkplain #release released} by it.
 */
abstract class AnswerRelay {
    private final RelayAttempt attempt;
    private final HttpResponse head;
    private long heardNanos = System.nanoTime();

    AnswerRelay(RelayAttempt attempt, HttpResponse head) {
        this.attempt = attempt;
        this.head = head;
    }

    final RelayAttempt attempt() {
        return attempt;
    }

    final RelayCall call() {
        return attempt.call();
    }

    final HttpResponse head() {
        return head;
    }

    /** The upstream has sent something that counts. */
    final void heard() {
        heard(System.nanoTime());
    }

    /** The upstream has sent something that counts, at {@code nowNanos}. */
    final void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    final long heardNanos() {
        return heardNanos;
    }

    /** A piece came; it is released here. */
    abstract void content(ByteBuf content);

    /** What could be read at once has been told. */
    void readComplete() {}

    /** The body ended as HTTP wants it. */
    abstract void ended(HttpHeaders trailers, BodyEnd end);

    /** Nothing more will come. */
    abstract void broke(AttemptFailure failure);

    /** Looks at the limits of time. */
    void due(long nowNanos) {
        long limit = heardNanos + attempt.idleNanos();
        if (attempt.isPaused()) {
            return; // it is the caller who is slow
        }
        if (nowNanos - limit >= 0) {
            broke(AttemptFailure.IDLE_TIMEOUT);
        } else {
            call().lookBy(limit);
        }
    }

    /** Hands the answer over although it is no success. */
    void handOver(Step.Advice advice) {
        throw new IllegalStateException("a success is not rejected");
    }

    /** Gives what has arrived to the call, for the case that no better answer is found. */
    void keepFor(RelayCall call) {
        throw new IllegalStateException("a success is not rejected");
    }

    /** Drops what is held; may be called twice. */
    void release() {}
}
