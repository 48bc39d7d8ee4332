package dev.headgate.lab.trace;

/** An input that cannot be used: the message says where, what was found and what was expected. */
public final class BadTraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Creates it; {@code message} reads {@code place: found (expected: …)}. */
    public BadTraceException(String message) {
        super(message);
    }
}
