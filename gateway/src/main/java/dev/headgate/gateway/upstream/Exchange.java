package dev.headgate.gateway.upstream;

import dev.headgate.core.guard.CircuitBreaker.Place;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** One request, in line or on a connection, until its listener has heard the end. Owned by its event loop. */
final class Exchange implements UpstreamExchange {
    private final ConnectionPool pool;
    private final UpstreamListener listener;
    private @Nullable FullHttpRequest request;
    private @Nullable Carrier carrier;
    private boolean isReused;
    private long gotRoomNanos; // 0 = it has not waited for any, or waits still
    private boolean isPaused;
    private boolean isOver;

    /** Where it stands as long as no connection has taken it. */
    Place place = Place.READY;

    /** The connection being opened that it depends on; null if it waits for room, or for nothing. */
    @Nullable
    Opening opening;

    /** Whether only a connection will do that has served nobody yet. */
    boolean needsFresh;

    /** Since when it waits, or waited, for room; 0 if it did not. */
    long waitsSinceNanos;

    /** Its neighbours in the {@link WaitingLine}, which alone writes these. */
    @Nullable
    Exchange before;

    @Nullable
    Exchange after;

    boolean isInLine;

    Exchange(ConnectionPool pool, HttpRequest head, ByteBuf body, UpstreamListener listener) {
        this.pool = pool;
        this.listener = listener;
        this.request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, head.method(), head.uri(), body, head.headers(), EmptyHttpHeaders.INSTANCE);
    }

    ConnectionPool pool() {
        return pool;
    }

    UpstreamListener listener() {
        return listener;
    }

    /** A connection takes it; returns what is to be written, which from now on is the connection's. */
    FullHttpRequest takenBy(Carrier carrier, boolean isReused) {
        FullHttpRequest written = request;
        if (written == null) {
            throw new IllegalStateException("taken twice");
        }
        request = null;
        opening = null;
        this.carrier = carrier;
        this.isReused = isReused;
        getsRoom();
        if (isPaused) {
            carrier.reading(Carrier.Reading.OFF);
        }
        return written;
    }

    /** The connection has told its end, or is about to. */
    void over() {
        isOver = true;
        carrier = null;
        pool.gate().ended();
    }

    /** It ends before a connection took it. */
    void failsUnsent(AttemptFailure kind, String detail) {
        if (dropped()) {
            listener.failed(new UpstreamFailure(kind, detail, Reach.NOTHING_WRITTEN));
        }
    }

    /** The circuit breaker refuses it: the pool, or only this endpoint, is full. */
    void overflows(Place refusal) {
        if (dropped()) {
            listener.overflowed(refusal);
        }
    }

    private boolean dropped() {
        FullHttpRequest unsent = request;
        if (isOver || unsent == null) {
            return false;
        }
        isOver = true;
        request = null;
        opening = null;
        unsent.release();
        return true;
    }

    @Override
    public void pause() {
        isPaused = true;
        if (carrier != null) {
            carrier.reading(Carrier.Reading.OFF);
        }
    }

    @Override
    public void resume() {
        isPaused = false;
        if (carrier != null) {
            carrier.reading(Carrier.Reading.ON);
        }
    }

    @Override
    public void cancel() {
        Carrier carried = carrier;
        if (carried != null) {
            over();
            carried.abort();
        } else if (dropped()) {
            pool.left(this);
        }
    }

    /** It waits for room no longer, if it did. */
    void getsRoom() {
        if (waitsSinceNanos != 0 && gotRoomNanos == 0) {
            gotRoomNanos = System.nanoTime() | 1;
        }
    }

    @Override
    public boolean waitsForRoom() {
        return waitsSinceNanos != 0 && gotRoomNanos == 0;
    }

    @Override
    public long gotRoomNanos() {
        return gotRoomNanos;
    }

    @Override
    public boolean isReused() {
        return isReused;
    }
}
