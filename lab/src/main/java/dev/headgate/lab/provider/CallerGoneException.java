package dev.headgate.lab.provider;

import java.io.IOException;

/** The caller closed or reset the connection while it was being answered. */
final class CallerGoneException extends IOException {
    private static final long serialVersionUID = 1;

    CallerGoneException(Throwable cause) {
        super("the caller has gone", cause);
    }

    CallerGoneException() {
        super("the caller has gone");
    }
}
