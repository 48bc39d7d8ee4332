package dev.headgate.gateway.http;

/** Answers requests; runs on the connection's event loop and must not block. */
@FunctionalInterface
public interface Handler {
    /** Takes care that {@code exchange} is answered exactly once, now or later, on any thread. */
    void handle(Exchange exchange);

    /**
     * Returns whether it takes bodies by {@link Exchange#takeBody}; then it is always called on the event loop. Others read
     * {@link Exchange#body}, which is a copy, and large ones off the loop.
     */
    default boolean takesBuffers() {
        return false;
    }
}
