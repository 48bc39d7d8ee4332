package dev.headgate.client;

import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AnswerClassifier;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer that is no success: its body is read up to 64 KiB and for half a second, then the core decides. */
final class ErrorAnswer extends Answer {
    private static final long READ_NANOS = 500_000_000L;

    private final long readsUntilNanos = System.nanoTime() + READ_NANOS;
    private final HeldBody held = new HeldBody();
    private boolean isComplete;
    private boolean isCut;
    private boolean isJudged;

    ErrorAnswer(ClientAttempt attempt, int status, Fields fields) {
        super(attempt, status, fields);
        call().lookBy(readsUntilNanos);
    }

    @Override
    void content(List<ByteBuffer> piece) {
        held.add(piece);
        if (held.size() >= AnswerClassifier.MAX_BODY_BYTES) {
            judge();
        } else {
            attempt().more();
        }
    }

    @Override
    void ended() {
        isComplete = true;
        judge();
    }

    @Override
    void broke(AttemptFailure failure, @Nullable IOException cause) {
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
            attempt().judge(status(), fields(), held.whole());
        }
    }

    /** Passes what has arrived and what follows. */
    @Override
    void handOver(Step.Advice advice) {
        ClientAttempt attempt = attempt();
        Answering answering = call().answering();
        if (answering.isBegun()) {
            attempt.leave();
            attempt.attempt().completed(Usage.NONE);
            call().interrupt();
        } else if (isComplete || isCut) {
            answering.answer(kept(), advice, call().attempts());
            attempt.complete(Usage.NONE);
        } else {
            PassedAnswer rest = new PassedAnswer(attempt, status(), Answering.advised(fields(), status(), advice));
            attempt.goOnWith(rest);
            rest.goesOn();
            rest.content(List.of(held.whole()));
        }
    }

    private KeptAnswer kept() {
        return isComplete
                ? new KeptAnswer(status(), fields(), held.whole(), attempt().backendId())
                : KeptAnswer.withoutBody(status(), fields(), attempt().backendId());
    }

    @Override
    void keepFor(ClientCall call) {
        call.keep(kept());
    }
}
