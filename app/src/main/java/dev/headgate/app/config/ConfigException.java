package dev.headgate.app.config;

import java.util.List;

/** Says that a configuration cannot be used and why. */
public final class ConfigException extends RuntimeException {
    private final List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns one line per problem, in the order of the file, never empty. */
    public List<String> problems() {
        return problems;
    }
}
