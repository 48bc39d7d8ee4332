package dev.headgate.client;

import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.stream.AnswerKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens with the body of one attempt's answer, by the kind of answer. Confined to the call's turn. */
abstract class Answer {
    private final ClientAttempt attempt;
    private final int status;
    private final Fields fields;
    private long heardNanos = System.nanoTime();

    Answer(ClientAttempt attempt, int status, Fields fields) {
        this.attempt = attempt;
        this.status = status;
        this.fields = fields;
    }

    final ClientAttempt attempt() {
        return attempt;
    }

    final ClientCall call() {
        return attempt.call();
    }

    final int status() {
        return status;
    }

    final Fields fields() {
        return fields;
    }

    /** The upstream has sent something that counts. */
    final void heard() {
        heardNanos = System.nanoTime();
    }

    final long heardNanos() {
        return heardNanos;
    }

    /** Hands the head over, unless the application has one. */
    final void begin(Fields shown) {
        call().answering().begin(status, shown, attempt.backendId(), call().attempts());
    }

    /** A piece came; another is asked for if more is wanted. */
    abstract void content(List<ByteBuffer> piece);

    /** The body ended as HTTP wants it. */
    abstract void ended();

    /** Nothing more will come. */
    abstract void broke(AttemptFailure failure, @Nullable IOException cause);

    /** Looks at the limits of time. */
    void due(long nowNanos) {
        long limit = heardNanos + attempt.idleNanos();
        if (attempt.isPaused()) {
            return; // it is the application that is slow
        }
        if (nowNanos - limit >= 0) {
            broke(AttemptFailure.IDLE_TIMEOUT, null);
        } else {
            call().lookBy(limit);
        }
    }

    /** Hands the answer over although it is no success. */
    void handOver(Step.Advice advice) {
        throw new IllegalStateException("a success is not rejected");
    }

    /** Gives what has arrived to the call, for the case that no better answer is found. */
    void keepFor(ClientCall call) {}

    /** Returns whether nothing but the end of the connection says where the body ends, and it can be looked at. */
    final boolean endsByClose() {
        return status != 204
                && !call().asked().isHead()
                && AnswerKind.coding(fields.first("content-encoding")).isEmpty()
                && fields.first("content-length") == null
                && fields.first("transfer-encoding") == null
                && fields.first(":status") == null;
    }
}
