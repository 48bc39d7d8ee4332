package dev.headgate.client;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.stream.AnswerKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer whose bytes are passed on as they come, from the first. */
final class PassedAnswer extends Answer {
    private boolean isBegun;
    private int lastByte = -1;

    PassedAnswer(ClientAttempt attempt, int status, Fields fields) {
        super(attempt, status, fields);
        call().lookBy(heardNanos() + attempt.idleNanos());
    }

    /** Makes it the application's answer; false if another was first, and this one is given up. */
    boolean commit() {
        if (isBegun) {
            return true;
        }
        if (!call().commit(attempt())) {
            attempt().cancel();
            return false;
        }
        goesOn();
        return true;
    }

    /** It is the application's answer already. */
    void goesOn() {
        isBegun = true;
        begin(fields());
    }

    @Override
    void content(List<ByteBuffer> piece) {
        heard();
        for (ByteBuffer each : piece) {
            if (each.hasRemaining() && !pass(each)) {
                return;
            }
        }
        call().answering().body().flush();
        attempt().more();
    }

    private boolean pass(ByteBuffer each) {
        if (!commit()) {
            return false;
        }
        for (int at = each.limit() - 1; at >= each.position(); at--) {
            if (each.get(at) > ' ') {
                lastByte = each.get(at);
                break;
            }
        }
        call().answering().body().write(each);
        return true;
    }

    @Override
    void ended() {
        boolean isCut = endsByClose()
                && lastByte != '}'
                && lastByte != ']'
                && AnswerKind.isJson(fields().first("content-type"));
        if (isCut) {
            broke(AttemptFailure.CUT, new IOException("the answer broke off"));
        } else if (commit()) {
            call().answering().body().end();
            attempt().complete(Usage.NONE);
        }
    }

    @Override
    void broke(AttemptFailure failure, @Nullable IOException cause) {
        AttemptFailure known = failure == AttemptFailure.RESET_BEFORE_ANSWER ? AttemptFailure.CUT : failure;
        if (isBegun) {
            attempt().abort(known, cause);
        } else {
            attempt().fail(known, cause);
        }
    }
}
