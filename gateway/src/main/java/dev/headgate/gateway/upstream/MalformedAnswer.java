package dev.headgate.gateway.upstream;

import java.io.Serial;

/** What came is no answer in HTTP. The message is safe to log: it repeats nothing of what came. */
final class MalformedAnswer extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    MalformedAnswer(String message) {
        super(message);
    }

    /** An expected event, so without a stack trace. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
