package dev.headgate.gateway.signal;

import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.gateway.upstream.ConnectionGate;
import dev.headgate.gateway.upstream.UpstreamExchange;
import dev.headgate.gateway.upstream.UpstreamFailure;
import dev.headgate.gateway.upstream.UpstreamListener;
import dev.headgate.gateway.upstream.UpstreamTarget;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One question to a backend, asked again and again, once at a time: a GET whose answer is bounded in size and time. Confined
 * to its event loop.
 */
abstract class Inquiry implements UpstreamListener {
    static final String OK = "ok";
    static final String UNREACHABLE = "unreachable";
    static final String MALFORMED = "malformed";
    private static final String TIMEOUT = "timeout";
    private static final String STATUS = "status";
    private static final String TOO_LONG = "too_long";
    private static final String BROKEN = "broken";

    final EventLoop loop;
    private final Upstreams upstreams;
    private final UpstreamTarget target;
    private final Supplier<HttpRequest> request;
    private final long maxBytes;
    private @Nullable UpstreamExchange exchange;
    private @Nullable ScheduledFuture<?> timeout;
    private boolean isOpen;
    private boolean hasResent;
    private long bytes;

    /** Creates one that asks {@code target} for {@code request}, made anew each time. */
    Inquiry(EventLoop loop, Upstreams upstreams, UpstreamTarget target, Supplier<HttpRequest> request, long maxBytes) {
        this.loop = loop;
        this.upstreams = upstreams;
        this.target = target;
        this.request = request;
        this.maxBytes = maxBytes;
    }

    /** A good answer begins. */
    abstract void begins();

    /** Takes a piece of the answer, which stays the caller's. */
    abstract void takes(ByteBuf piece);

    /** The answer is whole. */
    abstract void whole();

    /** There is no answer, for a reason of the closed set. */
    abstract void failed(String reason);

    /** Asks; an answer of before that is still awaited is given up. */
    final void ask(long timeoutNanos) {
        cancel();
        isOpen = true;
        hasResent = false;
        timeout = loop.schedule(() -> fail(TIMEOUT), timeoutNanos, TimeUnit.NANOSECONDS);
        UpstreamExchange sent =
                upstreams.send(loop, target, request.get(), Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, this);
        if (isOpen) {
            exchange = sent;
        }
    }

    /** Nobody wants the answer any longer. */
    final void cancel() {
        isOpen = false;
        UpstreamExchange open = exchange;
        if (open != null) {
            exchange = null;
            open.cancel();
        }
        ScheduledFuture<?> late = timeout;
        if (late != null) {
            timeout = null;
            late.cancel(false);
        }
    }

    private void fail(String reason) {
        if (isOpen) {
            cancel();
            failed(reason);
        }
    }

    @Override
    public final void answered(HttpResponse head) {
        bytes = 0;
        if (head.status().code() != 200) {
            fail(STATUS);
        } else if (isOpen) {
            begins();
        }
    }

    @Override
    public final void content(ByteBuf content) {
        bytes += content.readableBytes();
        try {
            if (isOpen && bytes <= maxBytes) {
                takes(content);
            }
        } finally {
            content.release();
        }
        if (bytes > maxBytes) {
            fail(TOO_LONG);
        }
    }

    @Override
    public final void readComplete() {}

    @Override
    public final void ended(HttpHeaders trailers, BodyEnd end) {
        exchange = null;
        if (isOpen) {
            cancel();
            whole();
        }
    }

    @Override
    public final void failed(UpstreamFailure failure) {
        exchange = null;
        if (isOpen && failure.reach() == UpstreamFailure.Reach.STALE_CONNECTION && !hasResent) {
            hasResent = true;
            UpstreamExchange sent =
                    upstreams.sendFresh(loop, target, request.get(), Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, this);
            if (isOpen) {
                exchange = sent;
            }
        } else {
            fail(failure.reach() == UpstreamFailure.Reach.NOTHING_WRITTEN ? UNREACHABLE : BROKEN);
        }
    }

    @Override
    public final void overflowed(CircuitBreaker.Place refusal) {
        exchange = null;
        fail(UNREACHABLE);
    }
}
