package dev.headgate.gateway.http;

import java.time.Duration;

/**
 * What a client may send, and how slowly.
 *
 * @param bodyBytes one request body
 * @param bodiesBytes all bodies that are being read or worked on together
 * @param headerTime from the first byte of a request until its header is complete
 * @param bodyTime between two pieces of a body
 * @param idleTime of a connection between two requests
 */
public record HttpLimits(long bodyBytes, long bodiesBytes, Duration headerTime, Duration bodyTime, Duration idleTime) {
    /** The request line and each header together stay below this; more is answered with 431. */
    static final int MAX_HEADER_BYTES = 32 * 1024;

    /** The defaults: dispatch.md §1 for sizes; times that a slow mobile client still meets. */
    public static final HttpLimits DEFAULTS = new HttpLimits(
            16L << 20, 512L << 20, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(75));

    /** Returns these limits with other sizes. */
    public HttpLimits withBodies(long one, long together) {
        return new HttpLimits(one, together, headerTime, bodyTime, idleTime);
    }

    /** Returns these limits with other times. */
    public HttpLimits withTimes(Duration header, Duration body, Duration idle) {
        return new HttpLimits(bodyBytes, bodiesBytes, header, body, idle);
    }
}
