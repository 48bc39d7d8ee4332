package dev.headgate.app.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that a reader sees all of it at once. */
final class Problems {
    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** Notes a problem of one line of the file; line 0 is the file as a whole. */
    void add(int line, String text) {
        problems.add(new Problem(line, text));
    }

    /** Notes what may stand in a line of the file but is probably not meant. */
    void warn(int line, String text) {
        warnings.add(new Problem(line, "warning: " + text));
    }

    int count() {
        return problems.size();
    }

    /** Throws what was noted, ordered by line, unless nothing was. */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new ConfigException(lines(problems));
        }
    }

    /** Returns what may stand but is probably not meant, ordered by line. */
    List<String> warnings() {
        return lines(warnings);
    }

    private List<String> lines(List<Problem> noted) {
        return noted.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(this::text)
                .toList();
    }

    private String text(Problem problem) {
        return problem.line == 0 ? file + ": " + problem.text : file + ":" + problem.line + ": " + problem.text;
    }
}
