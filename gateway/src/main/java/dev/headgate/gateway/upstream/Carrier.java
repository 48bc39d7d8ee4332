package dev.headgate.gateway.upstream;

/** What carries one exchange: a connection of HTTP/1.1 or a stream of HTTP/2. Used on its loop. */
interface Carrier {
    /** Stops or continues reading. */
    void reading(Reading reading);

    /** Drops the exchange: closes the connection, resets the stream. */
    void abort();

    /** Whether the answer is read. */
    enum Reading {
        ON,
        OFF
    }
}
