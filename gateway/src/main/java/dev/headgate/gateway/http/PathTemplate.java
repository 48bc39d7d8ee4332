package dev.headgate.gateway.http;

import java.util.List;

/**
 * A path some of whose segments are open, as {@code /pools/{pool}/router}: each of those stands for any one segment that is
 * not empty. Immutable.
 */
final class PathTemplate {
    private final String text;
    private final List<String> segments;

    private PathTemplate(String text) {
        this.text = text;
        this.segments = segments(text);
    }

    /** Returns the template that {@code text} is. */
    static PathTemplate of(String text) {
        return new PathTemplate(text);
    }

    /** Returns whether some segment of {@code path} is open. */
    static boolean isTemplate(String path) {
        return segments(path).stream().anyMatch(PathTemplate::isOpen);
    }

    boolean matches(String path) {
        List<String> given = segments(path);
        if (given.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            String segment = given.get(i);
            if (isOpen(segments.get(i)) ? segment.isEmpty() : !segment.equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Returns the template as it was given. */
    String text() {
        return text;
    }

    private static boolean isOpen(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }
}
