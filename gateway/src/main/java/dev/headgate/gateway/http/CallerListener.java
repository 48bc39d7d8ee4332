package dev.headgate.gateway.http;

/** Hears of the caller while its answer is made; called on the connection's event loop. */
public interface CallerListener {
    /** The connection takes bytes again after it did not; may be called more often. */
    void writable();

    /** The caller is gone before its answer ended; nothing more is to be written. */
    void gone();
}
