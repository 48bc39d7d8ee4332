package dev.headgate.fleet;

/** State cannot be shared as configured; the message is one sentence that says what to change, without secrets. */
public final class FleetException extends RuntimeException {
    /** Creates one with that sentence; causes stay out, as theirs may quote a URL with its password. */
    public FleetException(String message) {
        super(message);
    }
}
