package dev.headgate.gateway.relay;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/** An answer whose bytes are passed on as they come, from the first. */
final class PassedAnswer extends AnswerRelay {
    private boolean isBegun;
    private int lastByte = -1;

    PassedAnswer(RelayAttempt attempt, HttpResponse head) {
        super(attempt, head);
        call().lookBy(heardNanos() + attempt.idleNanos());
    }

    /** Makes it the caller's answer; false if another was first, and this one is given up. */
    boolean commit() {
        if (isBegun) {
            return true;
        }
        if (!call().commit(attempt())) {
            attempt().cancel();
            return false;
        }
        isBegun = true;
        AnswerHeads.filter(head().headers());
        call().sendHead(head(), attempt());
        return true;
    }

    /** Passes on what had been held until now; it is released here. */
    void goOnAfter(ByteBuf begun) {
        isBegun = true;
        call().sendHead(head(), attempt());
        content(begun);
        readComplete();
    }

    @Override
    void content(ByteBuf content) {
        heard();
        if (!content.isReadable() || !commit()) {
            content.release();
            return;
        }
        lastByte = lastNonBlank(content);
        call().exchange().write(content);
        attempt().pauseIfFull();
    }

    private int lastNonBlank(ByteBuf content) {
        for (int at = content.writerIndex() - 1; at >= content.readerIndex(); at--) {
            int each = content.getByte(at);
            if (each > ' ') {
                return each;
            }
        }
        return lastByte;
    }

    @Override
    void readComplete() {
        if (isBegun) {
            call().answer().flush();
            attempt().pauseIfFull();
        }
    }

    @Override
    void ended(HttpHeaders trailers, BodyEnd end) {
        RelayAttempt attempt = attempt();
        boolean isCut = end == BodyEnd.CLOSED
                && lastByte != '}'
                && lastByte != ']'
                && AnswerKind.isJson(head().headers().get(HttpHeaderNames.CONTENT_TYPE));
        if (isCut) {
            broke(AttemptFailure.CUT);
        } else if (isBegun) {
            call().exchange().end(passed(trailers));
            attempt.complete(Usage.NONE);
        } else if (call().commit(attempt)) {
            AnswerHeads.filter(head().headers());
            call().answer(head(), Unpooled.EMPTY_BUFFER, attempt);
            attempt.complete(Usage.NONE);
        } else {
            attempt.cancel();
        }
    }

    /** HTTP/1.1 has trailers only for those that ask for them. */
    private HttpHeaders passed(HttpHeaders trailers) {
        boolean isWanted = call().request().wantsTrailers() || call().exchange().isHttp2();
        if (trailers.isEmpty() || !isWanted) {
            return EmptyHttpHeaders.INSTANCE;
        }
        AnswerHeads.filter(trailers);
        trailers.remove(HttpHeaderNames.CONTENT_LENGTH);
        return trailers;
    }

    @Override
    void broke(AttemptFailure failure) {
        if (isBegun) {
            attempt().abort(failure);
        } else {
            attempt().fail(failure);
        }
    }
}
