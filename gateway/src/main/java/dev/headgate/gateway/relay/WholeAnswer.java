package dev.headgate.gateway.relay;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.core.stream.AnswerText;
import dev.headgate.core.stream.JsonAnswer;
import dev.headgate.gateway.http.BodyBuffer;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/**
 * A JSON document: held until it is whole, so that one that breaks off can still be had from another backend. One that turns
 * out longer than 1 MiB is passed on from there.
 */
final class WholeAnswer extends AnswerRelay {
    private final BodyBuffer body = new BodyBuffer(PooledByteBufAllocator.DEFAULT);

    WholeAnswer(RelayAttempt attempt, HttpResponse head) {
        super(attempt, head);
        call().lookBy(heardNanos() + attempt.idleNanos());
    }

    @Override
    void content(ByteBuf content) {
        body.add(content);
        content.release();
        heard();
        if (body.size() > AnswerKind.SHORT_JSON_BYTES) {
            RelayAttempt attempt = attempt();
            PassedAnswer rest = new PassedAnswer(attempt, head());
            ByteBuf begun = body.whole();
            attempt.goOnWith(rest);
            if (rest.commit()) {
                rest.goOnAfter(begun);
            } else {
                begun.release();
            }
        }
    }

    @Override
    void ended(HttpHeaders trailers, BodyEnd end) {
        RelayAttempt attempt = attempt();
        ByteBuf whole = body.whole();
        if (end == BodyEnd.CLOSED && !JsonAnswer.isWhole(whole.nioBuffer())) {
            whole.release();
            attempt.fail(AttemptFailure.CUT);
        } else if (call().commit(attempt)) {
            boolean isAsked = attempt.backend().backend().limits().tokensPerMinute() > 0
                    || call().readsPrompt()
                    || call().relay().traffic().isRead();
            boolean isPlain = AnswerKind.coding(head().headers().get(HttpHeaderNames.CONTENT_ENCODING))
                    .isEmpty();
            boolean counts = isAsked && isPlain;
            Usage usage = counts ? JsonAnswer.usage(whole.nioBuffer()) : Usage.NONE;
            AnswerIndexing indexing = call().indexing();
            if (indexing != null && isPlain) { // before the caller can ask on
                indexing.saidInJson(attempt, new AnswerText().of(whole.nioBuffer()));
            }
            AnswerHeads.filter(head().headers());
            call().answer(head(), whole, attempt);
            call().succeeded(usage, 0);
            attempt.complete(usage);
        } else {
            whole.release();
            attempt.cancel();
        }
    }

    @Override
    void broke(AttemptFailure failure) {
        attempt().fail(failure);
    }

    @Override
    void release() {
        body.release();
    }
}
