package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.failover.Step;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.core.stream.StreamDelivery;
import dev.headgate.core.stream.StreamOutput;
import dev.headgate.core.stream.StreamReader;
import dev.headgate.core.stream.StreamState;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events. The core's reader says which bytes the caller gets; those of one read leave together, and the clock is
 * read once for all of them.
 */
final class StreamedAnswer extends AnswerRelay implements StreamOutput {
    private static final long END_NANOS = 1_000_000_000L;

    private final StreamReader reader;
    private final @Nullable Inflation inflation;
    private final PoolMetrics metrics;
    private final Gathering gathering;
    private @Nullable ByteBuf reading;
    private int readingOffset; // from an index of the NIO buffer to one of the ByteBuf
    private int from;
    private int to;
    private boolean isCommitted;
    private boolean isReleased;
    private boolean hasWritten;
    private boolean wasHeard;
    private long tokens;
    private long tokenNanos;
    private int errorStatus; // of the event that it began with

    private StreamedAnswer(RelayAttempt attempt, HttpResponse head, StreamReader reader) {
        super(attempt, head);
        this.reader = reader;
        this.metrics = call().relay().metrics().pool(attempt.attempt().pool());
        this.gathering = new Gathering(call().exchange().allocator());
        this.inflation = Inflation.of(AnswerKind.coding(head.headers().get(HttpHeaderNames.CONTENT_ENCODING)));
    }

    static StreamedAnswer of(RelayAttempt attempt, HttpResponse head) {
        RelayCall call = attempt.call();
        RecoverySettings recovery = attempt.attempt().settings().recovery();
        StreamDelivery delivery = call.recovery().delivery(recovery);
        StreamReader reader = switch (attempt.mode()) {
            case NONE, IMPOSSIBLE -> call.mayFailOver() ? StreamReader.holding(delivery) : StreamReader.eager(delivery);
            case REPLAY -> StreamReader.replaying(delivery);
            case CONTINUE -> StreamReader.continuing(delivery);
        };
        StreamedAnswer answer = new StreamedAnswer(attempt, head, reader);
        answer.lookAgain();
        return answer;
    }

    @Override
    void content(ByteBuf content) {
        Inflation coded = inflation;
        if (coded == null) {
            read(content);
            return;
        }
        for (ByteBuf plain : coded.inflate(content)) {
            if (reader.state().isFinal()) {
                plain.release();
            } else {
                read(plain);
            }
        }
        if (coded.isBroken() && !reader.state().isFinal()) {
            broke(AttemptFailure.CUT);
        }
    }

    private void read(ByteBuf content) {
        try {
            ByteBuffer bytes = content.nioBufferCount() == 1
                    ? content.internalNioBuffer(content.readerIndex(), content.readableBytes())
                    : content.nioBuffer();
            reading = content;
            readingOffset = content.readerIndex() - bytes.position();
            StreamState state = reader.read(bytes, this);
            gather();
            wasHeard |= reader.sawMoreThanComments();
            if (state.isFinal()) {
                note(System.nanoTime());
            }
            arrived(state, AttemptFailure.CUT);
        } finally {
            reading = null;
            content.release();
        }
    }

    /** Takes note of what the read brought. */
    private void note(long nowNanos) {
        if (wasHeard) {
            wasHeard = false;
            heard(nowNanos);
        }
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
            metrics.tokenGaps.record(nowNanos - tokenNanos);
        }
        if (seen - tokens > 1) {
            metrics.tokenGaps.record(0, seen - tokens - 1); // they came together
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
        if (attempt().mode() == RecoveryMode.REPLAY) {
            metrics.wastedTokens.add(reader.tokenEvents()); // the caller has them already
        }
        sendHead();
        return true;
    }

    private void sendHead() {
        HttpHeaders headers = head().headers();
        AnswerHeads.filter(headers);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        if (inflation != null) {
            headers.remove(HttpHeaderNames.CONTENT_ENCODING);
        }
        call().sendHead(head(), attempt());
    }

    @Override
    public void forward(int begin, int end) {
        if (to != begin) {
            gather();
            from = begin;
        }
        to = end;
    }

    private void gather() {
        ByteBuf content = reading;
        if (content != null && to > from) {
            makeRoom(to - from);
            gathering.add(content, from + readingOffset, to - from);
        }
        from = 0;
        to = 0;
    }

    @Override
    public void send(byte[] bytes, int begin, int end) {
        gather();
        makeRoom(end - begin);
        gathering.add(bytes, begin, end);
    }

    private void makeRoom(int length) {
        if (gathering.isFullFor(length)) {
            write();
            attempt().pauseIfFull(); // one read may bring far more than may be held
        }
    }

    private void write() {
        ByteBuf gathered = gathering.take();
        if (gathered != null) {
            hasWritten = true;
            call().exchange().write(gathered);
        }
    }

    @Override
    void readComplete() {
        long now = System.nanoTime();
        note(now);
        write();
        if (hasWritten) {
            hasWritten = false;
            call().answer().flush(now);
            attempt().pauseIfFull();
        }
    }

    @Override
    void ended(HttpHeaders trailers, BodyEnd end) {
        StreamState state = reader.ended(this);
        gather();
        arrived(state, AttemptFailure.CUT);
    }

    @Override
    void broke(AttemptFailure failure) {
        StreamState state = reader.broke(this);
        gather();
        arrived(state, failure);
    }

    private void arrived(StreamState state, AttemptFailure failure) {
        if (state.isFinal()) {
            write();
        }
        switch (state) {
            case HOLDING, FLOWING -> {}
            case AWAITING_END -> call().lookBy(heardNanos() + END_NANOS);
            case COMPLETE -> {
                AnswerIndexing indexing = call().indexing();
                if (indexing != null) { // before the caller can ask on
                    indexing.said(attempt(), call().recovery().delivered().answerText());
                }
                call().exchange().end(EmptyHttpHeaders.INSTANCE);
                call().succeeded(reader.usage(), reader.tokenEvents());
                attempt().complete(reader.usage());
            }
            case DROPPED -> attempt().cancel();
            case CUT, ERROR_EVENT, DIVERGED -> failed(state, failure);
        }
    }

    private void failed(StreamState state, AttemptFailure failure) {
        RelayAttempt attempt = attempt();
        if (state == StreamState.DIVERGED) {
            call().recovery().replayFailed();
        }
        Verdict verdict = state == StreamState.ERROR_EVENT
                ? attempt.backend()
                        .classifier()
                        .classifyEvent(reader.error(), attempt.backend().owner())
                : null;
        if (isCommitted) {
            RecoverySettings recovery = attempt.attempt().settings().recovery();
            call().answer().flush();
            attempt.leave();
            if (verdict == null) {
                attempt.attempt().broken(failure);
            } else {
                attempt.attempt().broken(verdict);
            }
            call().recover(recovery);
        } else if (verdict == null) {
            attempt.fail(failure);
        } else {
            errorStatus = verdict.status();
            attempt.decided(attempt.attempt().rejected(verdict), Integer.toString(verdict.status()));
        }
    }

    @Override
    void due(long nowNanos) {
        RelayAttempt attempt = attempt();
        if (reader.state() == StreamState.AWAITING_END) {
            if (nowNanos - heardNanos() >= END_NANOS) {
                StreamState state = reader.silent(this);
                gather();
                arrived(state, AttemptFailure.CUT);
            } else {
                call().lookBy(heardNanos() + END_NANOS);
            }
        } else if (reader.tokenEvents() > 0 || isCommitted) {
            super.due(nowNanos);
        } else if (attempt.headLimitNanos() != 0) {
            if (nowNanos - attempt.headLimitNanos() >= 0) {
                broke(AttemptFailure.FIRST_TOKEN_TIMEOUT);
            } else {
                call().lookBy(attempt.headLimitNanos());
            }
        }
    }

    private void lookAgain() {
        call().lookBy(heardNanos() + attempt().idleNanos());
    }

    /** Hands over a stream that began with an error: the error is all there is of it. */
    @Override
    void handOver(Step.Advice advice) {
        RelayAttempt attempt = attempt();
        sendHead();
        attempt.leave();
        attempt.attempt().completed(Usage.NONE);
        call().interrupt();
    }

    @Override
    void keepFor(RelayCall call) {
        call.keep(KeptAnswer.ofEvent(
                errorStatus, reader.error(), attempt().backend().edge().id()));
    }

    @Override
    void release() {
        if (!isCommitted && !isReleased) {
            metrics.wastedTokens.add(reader.tokenEvents());
        }
        isReleased = true;
        ByteBuf unsent = gathering.take();
        if (unsent != null) {
            unsent.release();
        }
        if (inflation != null) {
            inflation.close();
        }
    }
}
