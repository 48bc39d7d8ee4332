package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AnswerClassifier;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.gateway.http.BodyBuffer;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** An answer that is no success: its body is read up to 64 KiB and for half a second, then the core decides. */
final class ErrorAnswer extends AnswerRelay {
    private static final long READ_NANOS = 500_000_000L;

    private final long readsUntilNanos = System.nanoTime() + READ_NANOS;
    private final BodyBuffer body;
    private @Nullable ByteBuf whole; // what was there when it was judged
    private boolean isComplete;
    private boolean isCut;
    private boolean isJudged;

    ErrorAnswer(RelayAttempt attempt, HttpResponse head) {
        super(attempt, head);
        body = new BodyBuffer(PooledByteBufAllocator.DEFAULT);
        call().lookBy(readsUntilNanos);
    }

    @Override
    void content(ByteBuf content) {
        body.add(content);
        content.release();
        if (body.size() >= AnswerClassifier.MAX_BODY_BYTES) {
            judge();
        }
    }

    @Override
    void ended(HttpHeaders trailers, BodyEnd end) {
        isComplete = true;
        judge();
    }

    @Override
    void broke(AttemptFailure failure) {
        isCut = true;
        judge();
    }

    @Override
    void due(long nowNanos) {
        if (nowNanos - readsUntilNanos >= 0) {
            judge();
        } else {
            call().lookBy(readsUntilNanos);
        }
    }

    private void judge() {
        if (!isJudged) {
            isJudged = true;
            ByteBuf arrived = body.whole();
            whole = arrived;
            attempt().judge(head(), arrived);
        }
    }

    /** Passes what has arrived and what follows. */
    @Override
    void handOver(Step.Advice advice) {
        RelayAttempt attempt = attempt();
        if (call().answer().isBegun()) {
            attempt.leave();
            attempt.attempt().completed(Usage.NONE);
            call().interrupt();
            return;
        }
        ByteBuf arrived = isCut ? instead() : takeWhole();
        AnswerHeads.filter(head().headers());
        AnswerHeads.advise(head().headers(), head().status().code(), advice);
        if (isComplete || isCut) {
            call().answer(head(), arrived, attempt);
            attempt.complete(Usage.NONE);
        } else {
            PassedAnswer rest = new PassedAnswer(attempt, head());
            attempt.goOnWith(rest);
            rest.goOnAfter(arrived);
        }
    }

    @Override
    void keepFor(RelayCall call) {
        if (isComplete) {
            call.keep(new KeptAnswer(
                    head(), takeWhole(), attempt().backend().edge().id()));
        } else {
            call.keep(KeptAnswer.withoutBody(head(), attempt().backend().edge().id()));
        }
    }

    /** Half a document helps nobody: returns one of our own in its place. */
    private ByteBuf instead() {
        return KeptAnswer.withoutBody(head(), attempt().backend().edge().id()).body();
    }

    private ByteBuf takeWhole() {
        ByteBuf taken = whole;
        whole = null;
        return taken == null ? body.whole() : taken;
    }

    @Override
    void release() {
        takeWhole().release();
    }
}
