package dev.headgate.lab.script;

/** Says what was found in an object and what was expected; whoever reads the line adds where. */
final class BadFieldException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadFieldException(String found, String expected) {
        super(found + " (expected: " + expected + ")", null, false, false);
    }
}
