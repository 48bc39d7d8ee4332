package dev.headgate.lab.script;

/** A script that cannot be followed: {@code file:line: what was found (expected: …)}. */
public final class BadScriptException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadScriptException(String message) {
        super(message, null, false, false);
    }
}
