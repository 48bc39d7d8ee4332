package dev.headgate.core.signal;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which series of a page of metrics is meant: a name, and labels that it must have. Labels beyond those do not matter.
 * Immutable.
 *
 * @param name of the metric, as {@code vllm:num_requests_waiting}
 * @param labels by name, in any order; empty = any series of that name
 */
public record MetricSelector(String name, Map<String, String> labels) {
    public MetricSelector {
        labels = Map.copyOf(labels);
    }

    /**
     * Reads {@code name} or {@code name{a=b,c="d"}} with blanks anywhere; quotes are optional.
     *
     * @throws IllegalArgumentException if the name, a label or a value is missing, a brace is not balanced, or text follows
     */
    public static MetricSelector of(String text) {
        int open = text.indexOf('{');
        String name = (open < 0 ? text : text.substring(0, open)).strip();
        if (!isName(name)) {
            throw bad(text, "a name of letters, digits, underscores and colons");
        }
        if (open < 0) {
            return new MetricSelector(name, Map.of());
        }
        String rest = text.strip();
        if (!rest.endsWith("}")) {
            throw bad(text, "a brace } at the end");
        }
        return new MetricSelector(name, labels(text, rest.substring(rest.indexOf('{') + 1, rest.length() - 1)));
    }

    private static Map<String, String> labels(String text, String inside) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (inside.isBlank()) {
            return labels;
        }
        for (int at = 0; at <= inside.length(); ) {
            int equals = inside.indexOf('=', at);
            String label = equals < 0 ? "" : inside.substring(at, equals).strip();
            if (!isName(label)) {
                throw bad(text, "label=value, with commas between them");
            }
            int start = equals + 1;
            while (start < inside.length() && Character.isWhitespace(inside.charAt(start))) {
                start++;
            }
            boolean isQuoted = start < inside.length() && inside.charAt(start) == '"';
            int end = inside.indexOf(isQuoted ? '"' : ',', start + (isQuoted ? 1 : 0));
            if (isQuoted && end < 0) {
                throw bad(text, "a second quote");
            }
            end = end < 0 ? inside.length() : end;
            String value = inside.substring(isQuoted ? start + 1 : start, end);
            int comma = isQuoted ? inside.indexOf(',', end) : end;
            comma = comma < 0 ? inside.length() : comma;
            String between = isQuoted ? inside.substring(end + 1, comma) : "";
            String meant = isQuoted ? value : value.strip();
            if (meant.isEmpty() || !between.isBlank() || (!isQuoted && hasSyntax(meant))) {
                throw bad(text, "a value for " + label);
            }
            labels.put(label, meant);
            at = comma + 1;
        }
        return labels;
    }

    private static boolean hasSyntax(String value) {
        return value.indexOf('{') >= 0 || value.indexOf('}') >= 0 || value.indexOf('"') >= 0;
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
            if (!isLetter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static IllegalArgumentException bad(String text, String expected) {
        return new IllegalArgumentException("selector: " + text + " (expected: " + expected + ")");
    }
}
