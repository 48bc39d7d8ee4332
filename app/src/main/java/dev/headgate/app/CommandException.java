package dev.headgate.app;

/** Ends a command with one sentence for its user, who needs no stack trace to see what to change. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandException(String sentence, int exitCode) {
        super(sentence, null, false, false);
        this.exitCode = exitCode;
    }

    /** Returns the end of a command that was used rightly and could not do its work. */
    static CommandException failed(String sentence) {
        return new CommandException(sentence, 1);
    }

    /** Returns the end of a command that was asked for what cannot be. */
    static CommandException wrongUse(String sentence) {
        return new CommandException(sentence, 2);
    }

    int exitCode() {
        return exitCode;
    }
}
