package dev.headgate.app.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that a reader sees all of it at once. */
final class Problems {
    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** Notes a problem of one line of the file; line 0 is the file as a whole. */
    void add(int line, String text) {
        problems.add(new Problem(line, text));
    }

    int count() {
        return problems.size();
    }

    /** Throws what was noted, ordered by line, unless nothing was. */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .map(this::text)
                    .toList());
        }
    }

    private String text(Problem problem) {
        return problem.line == 0 ? file + ": " + problem.text : file + ":" + problem.line + ": " + problem.text;
    }
}
