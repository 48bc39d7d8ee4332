package dev.headgate.client;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.core.stream.StreamDelivery;
import dev.headgate.core.stream.StreamOutput;
import dev.headgate.core.stream.StreamReader;
import dev.headgate.core.stream.StreamState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of events. The core's reader says which bytes the application gets; those of one piece leave together. */
final class StreamedAnswer extends Answer implements StreamOutput {
    private static final long END_NANOS = 1_000_000_000L;

    private final StreamReader reader;
    private final @Nullable Inflation inflation;
    private ByteBuffer reading = ByteBuffer.allocate(0);
    private boolean isCommitted;
    private long tokens;
    private long tokenNanos;
    private int errorStatus; // of the event that it began with

    private StreamedAnswer(ClientAttempt attempt, int status, Fields fields, StreamReader reader) {
        super(attempt, status, fields);
        this.reader = reader;
        inflation = Inflation.of(AnswerKind.coding(fields.first("content-encoding")));
    }

    static StreamedAnswer of(ClientAttempt attempt, int status, Fields fields) {
        ClientCall call = attempt.call();
        RecoverySettings recovery = attempt.attempt().settings().recovery();
        StreamDelivery delivery = call.recovery().delivery(recovery);
        StreamReader reader = switch (attempt.mode()) {
            case NONE, IMPOSSIBLE ->
                call.asked().mayFailOver() ? StreamReader.holding(delivery) : StreamReader.eager(delivery);
            case REPLAY -> StreamReader.replaying(delivery);
            case CONTINUE -> StreamReader.continuing(delivery);
        };
        StreamedAnswer answer = new StreamedAnswer(attempt, status, fields, reader);
        call.lookBy(answer.heardNanos() + attempt.idleNanos());
        return answer;
    }

    @Override
    void content(List<ByteBuffer> piece) {
        boolean wasHeard = false;
        for (ByteBuffer each : piece) {
            for (ByteBuffer plain : inflated(each)) {
                if (reader.state().isFinal()) {
                    break;
                }
                reading = plain;
                reader.read(plain, this);
                wasHeard |= reader.sawMoreThanComments();
            }
        }
        if (wasHeard) {
            heard();
        }
        note(System.nanoTime());
        boolean isBroken =
                inflation != null && inflation.isBroken() && !reader.state().isFinal();
        call().answering().body().flush();
        if (isBroken) {
            broke(AttemptFailure.CUT, new IOException("the answer's compression is broken"));
        } else {
            arrived(reader.state(), AttemptFailure.CUT, null);
        }
    }

    private List<ByteBuffer> inflated(ByteBuffer coded) {
        return inflation == null ? List.of(coded) : inflation.inflate(coded);
    }

    /** Takes note of the tokens that came. */
    private void note(long nowNanos) {
        long seen = reader.tokenEvents();
        if (seen == tokens) {
            return;
        }
        Attempt attempt = attempt().attempt();
        if (tokens == 0) {
            attempt.firstToken();
            call().lookBy(nowNanos + attempt().idleNanos());
        } else {
            attempt.tokenGap(nowNanos - tokenNanos);
        }
        tokens = seen;
        tokenNanos = nowNanos;
    }

    @Override
    public boolean commit() {
        if (!call().commit(attempt())) {
            return false;
        }
        isCommitted = true;
        begin(shown());
        return true;
    }

    private Fields shown() {
        Fields.Builder shown = fields().with().remove("content-length");
        return (inflation == null ? shown : shown.remove("content-encoding")).build();
    }

    @Override
    public void forward(int from, int to) {
        ByteBuffer range = reading.duplicate();
        range.limit(to).position(from);
        call().answering().body().write(range);
    }

    @Override
    public void send(byte[] bytes, int from, int to) {
        call().answering().body().write(Answering.copy(bytes, from, to));
    }

    @Override
    void ended() {
        arrived(reader.ended(this), AttemptFailure.CUT, null);
    }

    @Override
    void broke(AttemptFailure failure, @Nullable IOException cause) {
        AttemptFailure known = failure == AttemptFailure.RESET_BEFORE_ANSWER ? AttemptFailure.CUT : failure;
        arrived(reader.broke(this), known, cause);
    }

    private void arrived(StreamState state, AttemptFailure failure, @Nullable IOException cause) {
        switch (state) {
            case HOLDING, FLOWING -> attempt().more();
            case AWAITING_END -> {
                call().lookBy(heardNanos() + END_NANOS);
                attempt().more();
            }
            case COMPLETE -> {
                call().answering().body().end();
                attempt().complete(reader.usage());
            }
            case DROPPED -> attempt().cancel();
            case CUT, ERROR_EVENT, DIVERGED -> failed(state, failure, cause);
        }
    }

    private void failed(StreamState state, AttemptFailure failure, @Nullable IOException cause) {
        ClientAttempt attempt = attempt();
        if (state == StreamState.DIVERGED) {
            call().recovery().replayFailed();
        }
        Verdict verdict = state == StreamState.ERROR_EVENT
                ? call().engine().classifier().classifyEvent(reader.error(), attempt.owner())
                : null;
        if (isCommitted) {
            RecoverySettings recovery = attempt.attempt().settings().recovery();
            call().answering().body().flush();
            attempt.leave();
            if (verdict == null) {
                attempt.attempt().broken(failure);
            } else {
                attempt.attempt().broken(verdict);
            }
            call().recover(recovery);
        } else if (verdict == null) {
            attempt.fail(failure, cause);
        } else {
            errorStatus = verdict.status();
            attempt.decided(attempt.attempt().rejected(verdict));
        }
    }

    @Override
    void due(long nowNanos) {
        ClientAttempt attempt = attempt();
        if (reader.state() == StreamState.AWAITING_END) {
            if (nowNanos - heardNanos() >= END_NANOS) {
                arrived(reader.silent(this), AttemptFailure.CUT, null);
            } else {
                call().lookBy(heardNanos() + END_NANOS);
            }
        } else if (reader.tokenEvents() > 0 || isCommitted) {
            super.due(nowNanos);
        } else if (attempt.wasPaused()) {
            super.due(nowNanos); // the application was slow: no first token could be read
        } else if (attempt.headLimitNanos() != 0) {
            if (nowNanos - attempt.headLimitNanos() >= 0) {
                broke(AttemptFailure.FIRST_TOKEN_TIMEOUT, null);
            } else {
                call().lookBy(attempt.headLimitNanos());
            }
        }
    }

    /** Hands over a stream that began with an error: the error is all there is of it. */
    @Override
    void handOver(Step.Advice advice) {
        ClientAttempt attempt = attempt();
        begin(shown());
        attempt.leave();
        attempt.attempt().completed(Usage.NONE);
        call().interrupt();
    }

    @Override
    void keepFor(ClientCall call) {
        call.keep(KeptAnswer.ofEvent(errorStatus, reader.error(), attempt().backendId()));
    }
}
