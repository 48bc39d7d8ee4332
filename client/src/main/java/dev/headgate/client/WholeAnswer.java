package dev.headgate.client;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.core.stream.JsonAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document: held until it is whole, so that one that breaks off can still be had from another backend. One that turns
 * out longer than 1 MiB is passed on from there.
 */
final class WholeAnswer extends Answer {
    private final HeldBody held = new HeldBody();

    WholeAnswer(ClientAttempt attempt, int status, Fields fields) {
        super(attempt, status, fields);
        call().lookBy(heardNanos() + attempt.idleNanos());
    }

    @Override
    void content(List<ByteBuffer> piece) {
        heard();
        held.add(piece);
        if (held.size() > AnswerKind.SHORT_JSON_BYTES) {
            PassedAnswer rest = new PassedAnswer(attempt(), status(), fields());
            attempt().goOnWith(rest);
            if (rest.commit()) {
                rest.content(List.of(held.whole()));
            }
        } else {
            attempt().more();
        }
    }

    @Override
    void ended() {
        ByteBuffer whole = held.whole();
        if (endsByClose() && !JsonAnswer.isWhole(whole)) {
            attempt().fail(AttemptFailure.CUT, new IOException("the answer broke off"));
        } else if (call().commit(attempt())) {
            boolean counts = attempt().attempt().backend().limits().tokensPerMinute() > 0
                    && AnswerKind.coding(fields().first("content-encoding")).isEmpty();
            Usage usage = counts ? JsonAnswer.usage(whole) : Usage.NONE;
            ResponseBody body = call().answering().body();
            body.write(whole);
            body.end();
            begin(fields());
            attempt().complete(usage);
        } else {
            attempt().cancel();
        }
    }

    @Override
    void broke(AttemptFailure failure, @Nullable IOException cause) {
        attempt().fail(failure == AttemptFailure.RESET_BEFORE_ANSWER ? AttemptFailure.CUT : failure, cause);
    }
}
