package dev.headgate.gateway.http;

/** Answers requests; runs on the connection's event loop and must not block. */
@FunctionalInterface
public interface Handler {
    /** Takes care that {@code exchange} is answered exactly once, now or later, on any thread. */
    void handle(Exchange exchange);
}
