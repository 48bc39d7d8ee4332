package dev.headgate.gateway.upstream;

/** One request under way. To be used on the event loop that it was sent on; every call is allowed at any time. */
public interface UpstreamExchange {
    /**
     * Stops reading the answer, so that the upstream has to wait. What was read already is still told: at most one read,
     * 64 KiB, or over HTTP/2 the stream's window.
     */
    void pause();

    /** Goes on reading. */
    void resume();

    /** Ends it: the connection is closed or the stream reset at once, and the listener hears nothing more. */
    void cancel();

    /** Returns whether the circuit breaker has no room for it yet: its backend has not heard of it. */
    boolean waitsForRoom();

    /** Returns when it had waited for room in the circuit breaker, on {@link System#nanoTime}; 0 if it did not have to. */
    long gotRoomNanos();

    /** Returns whether the connection that took it had served another request before; false while none has. */
    boolean isReused();
}
