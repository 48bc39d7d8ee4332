/**
 * The client side of the relay: requests to upstreams over HTTP/1.1 and HTTP/2, in the clear and over TLS.
 *
 * <p>Start with {@link dev.headgate.gateway.upstream.Upstreams#send} and {@link
 * dev.headgate.gateway.upstream.UpstreamListener}. Every event loop has connections of its own, kept in a plain deque: a
 * request runs on the loop of its caller, so nothing is handed over and nothing is locked. Parsing is Netty's; what is
 * added are the rules of gateway.md §10, limits, and an exact report of how far an attempt came. Heads and bodies are
 * passed on as they were decoded. {@link dev.headgate.gateway.upstream.PoolBreaker} puts a pool's circuit breaker before
 * its connections.
 *
 * <p>Invariants: a listener hears one end, on its loop, and nothing after it; a connection that has shown any irregularity
 * is closed, never reused; a buffer that is handed over has one owner. Knows nothing of backends, models or failover.
 */
@NullMarked
package dev.headgate.gateway.upstream;

import org.jspecify.annotations.NullMarked;
