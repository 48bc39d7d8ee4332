package dev.headgate.gateway.upstream;

import java.time.Duration;

/**
 * What all upstream connections share.
 *
 * @param idleTime of a connection between two requests, until it is closed
 * @param maxIdle idle connections per event loop and target
 * @param maxStreams requests at once on an HTTP/2 connection; the upstream's own limit holds as well
 */
public record UpstreamSettings(Duration idleTime, int maxIdle, int maxStreams) {
    /** Shorter than what common servers wait; as many as a busy loop has in use; Envoy's advice for upstreams. */
    public static final UpstreamSettings DEFAULTS = new UpstreamSettings(Duration.ofSeconds(55), 256, 100);
}
