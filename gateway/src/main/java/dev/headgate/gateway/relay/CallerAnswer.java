package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Step.Advice;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.stream.AnswerKind;
import dev.headgate.core.stream.StreamDelivery;
import dev.headgate.gateway.http.Exchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the caller gets: one head, from whichever attempt, and bytes after it. Adds the headers that say how it came about,
 * sends heartbeats, and notices a caller that takes nothing. Confined to the event loop.
 */
final class CallerAnswer {
    private static final byte[] HEARTBEAT = ": keepalive\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String EVENT_STREAM = "text/event-stream";

    private final Exchange exchange;
    private final RelayRequest asked;
    private final PoolEdge pool;
    private long heartbeatNanos; // 0 = none
    private final long stallNanos;
    private final @Nullable Trail trail;
    private boolean isBegun;
    private boolean isOverloaded;
    private int status = 499;
    private String backend = "";
    private String decision = "";
    private long sentAtNanos;
    private long stalledSinceNanos;
    private long stalledBytes;

    CallerAnswer(Exchange exchange, RelayRequest asked, long stallNanos) {
        this.stallNanos = stallNanos;
        this.exchange = exchange;
        this.asked = asked;
        this.pool = asked.pool().edge();
        this.heartbeatNanos = asked.streams() ? pool.heartbeat().toNanos() : 0;
        this.trail = pool.expose() == PoolEdge.Expose.FULL ? new Trail() : null;
        this.sentAtNanos = asked.startNanos();
    }

    /** Returns whether a head is on its way: the status cannot change any more. */
    boolean isBegun() {
        return isBegun;
    }

    /** Notes how an attempt went that did not become the answer. */
    void noteFailed(RelayAttempt attempt, String outcome) {
        if (trail != null) {
            trail.add(attempt.backend().edge().id(), outcome, attempt.elapsedNanos());
        }
    }

    /** Sends an attempt's head, unless one has gone. */
    void begin(HttpResponse head, RelayAttempt attempt, int attempts) {
        took(attempt);
        if (!isBegun) {
            begin(head, attempt.elapsedNanos(), attempts);
        }
    }

    private void took(RelayAttempt attempt) {
        backend = attempt.backend().edge().id();
        decision = asked.failover().explains() ? attempt.attempt().decision() : "";
    }

    private void begin(HttpResponse head, long upstreamNanos, int attempts) {
        identify(head, upstreamNanos, attempts);
        isBegun = true;
        if (!AnswerKind.isEventStream(head.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
            heartbeatNanos = 0; // a comment is one in a stream of events alone
        }
        var _ = exchange.begin(head);
    }

    private void beginOwnStream(int attempts) {
        if (!isBegun) {
            begin(AnswerHeads.own(200, EVENT_STREAM), 0, attempts);
        }
    }

    /** Answers whole with an attempt's answer. */
    void answer(HttpResponse head, ByteBuf body, RelayAttempt attempt, int attempts) {
        took(attempt);
        identify(head, attempt.elapsedNanos(), attempts);
        isBegun = true;
        var _ = exchange.answer(head, body);
    }

    /** Answers with what was kept of an attempt that was rejected. */
    void answer(KeptAnswer kept, Advice advice, int attempts) {
        backend = kept.backend();
        HttpHeaders headers = kept.head().headers();
        AnswerHeads.filter(headers);
        AnswerHeads.advise(headers, kept.head().status().code(), advice);
        identify(kept.head(), 0, attempts);
        isBegun = true;
        var _ = exchange.answer(kept.head(), kept.body());
    }

    /** Answers with a refusal of our own. */
    void refuse(Failure failure, Advice advice, int attempts) {
        HttpResponse head = AnswerHeads.refusal(failure, advice, asked.pool().overloadBody());
        AnswerHeads.advise(head.headers(), head.status().code(), advice);
        AnswerHeads.explain(head.headers(), failure, advice);
        isOverloaded = advice.isOverload();
        identify(head, 0, attempts);
        isBegun = true;
        var _ = exchange.answer(
                head, AnswerHeads.refusalBody(failure, advice, asked.pool().overloadBody()));
    }

    /** Ends a stream that nothing could save with an error in it. */
    void interrupt(StreamDelivery delivered, int attempts) {
        beginOwnStream(attempts);
        delivered.interrupt("the upstream's answer broke off and could not be continued", new CallerOutput(exchange));
        exchange.end(EmptyHttpHeaders.INSTANCE);
    }

    private void identify(HttpResponse head, long upstreamNanos, int attempts) {
        status = head.status().code();
        AnswerHeads.identify(head.headers(), pool.expose(), asked.requestId(), backend, attempts);
        if (!decision.isEmpty()) {
            AnswerHeads.explained(head.headers(), decision);
        }
        Trail tried = trail;
        if (tried != null) {
            if (upstreamNanos > 0) {
                tried.add(backend, Integer.toString(status), upstreamNanos);
            }
            AnswerHeads.trace(head.headers(), tried, upstreamNanos);
        }
    }

    /** Sends what was written. */
    void flush() {
        flush(System.nanoTime());
    }

    /** Sends what was written, at {@code nowNanos}. */
    void flush(long nowNanos) {
        sentAtNanos = nowNanos;
        exchange.flush();
    }

    /** The caller does not take more; it has a while to go on. */
    void stalled(LoopTimer.Timed timed) {
        if (stalledSinceNanos == 0) {
            stalledSinceNanos = System.nanoTime() | 1;
            stalledBytes = exchange.bytesBeforeWritable();
            timed.lookBy(stalledSinceNanos + stallNanos);
        }
    }

    /** The caller takes more again. */
    void flows() {
        stalledSinceNanos = 0;
    }

    /** Returns whether the caller has taken nothing for too long, and looks again if it has not. */
    boolean isStuck(LoopTimer.Timed timed, long nowNanos) {
        if (stalledSinceNanos == 0) {
            return false;
        }
        long left = exchange.bytesBeforeWritable();
        if (left < stalledBytes) {
            stalledBytes = left;
            stalledSinceNanos = nowNanos | 1;
        }
        timed.lookBy(stalledSinceNanos + stallNanos);
        return nowNanos - stalledSinceNanos >= stallNanos;
    }

    /** Sends a comment if nothing else was sent for long enough; that releases the head. */
    void beat(LoopTimer.Timed timed, long nowNanos, int attempts) {
        if (heartbeatNanos == 0) {
            return;
        }
        if (nowNanos - sentAtNanos >= heartbeatNanos && exchange.isWritable()) {
            beginOwnStream(attempts);
            exchange.write(Unpooled.wrappedBuffer(HEARTBEAT));
            flush();
        }
        timed.lookBy(Math.max(sentAtNanos, nowNanos - heartbeatNanos / 2) + heartbeatNanos);
    }

    /** Returns what logs and metrics see of the request. */
    RelayedRequest summary(int attempts) {
        return new RelayedRequest(
                asked.requestId(),
                exchange.head().method().name(),
                asked.target(),
                status,
                backend,
                attempts,
                System.nanoTime() - asked.startNanos(),
                isOverloaded);
    }

    /** Returns what a caller reads whose deadline passed while nothing could be tried. */
    static Failure late() {
        return Failure.of(FailureKind.UPSTREAM_TIMEOUT, "no backend answered before the request's deadline");
    }
}
