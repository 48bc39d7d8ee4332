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
 * @param stallTime of a streamed answer of which nothing is taken
 */
public record HttpLimits(
        long bodyBytes,
        long bodiesBytes,
        Duration headerTime,
        Duration bodyTime,
        Duration idleTime,
        Duration stallTime) {
    /** The request line and each header together stay below this; more is answered with 431. */
    static final int MAX_HEADER_BYTES = 64 * 1024;

    /** More header fields are answered with 431. */
    static final int MAX_FIELDS = 200;

    /** The defaults: dispatch.md §1 for sizes; times that a slow mobile client still meets. */
    public static final HttpLimits DEFAULTS = new HttpLimits(
            16L << 20,
            512L << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(60));

    /** Returns these limits with other sizes. */
    public HttpLimits withBodies(long one, long together) {
        return new HttpLimits(one, together, headerTime, bodyTime, idleTime, stallTime);
    }

    /** Returns these limits with other times. */
    public HttpLimits withTimes(Duration header, Duration body, Duration idle) {
        return new HttpLimits(bodyBytes, bodiesBytes, header, body, idle, stallTime);
    }

    /** Returns these limits with another time that a client may take nothing. */
    public HttpLimits withStallTime(Duration stall) {
        return new HttpLimits(bodyBytes, bodiesBytes, headerTime, bodyTime, idleTime, stall);
    }
}
