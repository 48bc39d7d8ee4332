package dev.headgate.gateway.upstream;

import dev.headgate.core.guard.CircuitBreaker.Place;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/**
 * Hears what becomes of one request, on the event loop that it was sent on. The order is: {@link #answered}, any number of
 * {@link #content} and {@link #readComplete}, {@link #ended}. {@link #failed} may come at any time and {@link #overflowed}
 * in place of everything; each of the last three is the end. Nothing comes after the end or after a cancel.
 *
 * <p>The first call may come before {@link Upstreams#send} has returned.
 */
public interface UpstreamListener {
    /** The final head is there; status 200–599. The object is the listener's, to change and to send on. */
    void answered(HttpResponse head);

    /** A piece of the body came, never empty; the listener releases it. */
    void content(ByteBuf content);

    /** What could be read at once has been told: the moment to flush what was written on. */
    void readComplete();

    /**
     * The answer is complete; the trailers are empty unless there were some. A {@link #readComplete} need not follow.
     *
     * @param end how that is known
     */
    void ended(HttpHeaders trailers, BodyEnd end);

    /** The attempt failed; pieces of the body may have been told before. */
    void failed(UpstreamFailure failure);

    /**
     * The circuit breaker refused the request; nothing was sent (gateway.md §13).
     *
     * @param refusal whether the pool is full or only this endpoint
     */
    void overflowed(Place refusal);

    /** How the end of a body is known. */
    enum BodyEnd {
        /** By its length, its last chunk, the end of its stream, or because there is none. */
        MARKED,
        /** By the close of the connection alone: a cut looks the same. */
        CLOSED
    }
}
