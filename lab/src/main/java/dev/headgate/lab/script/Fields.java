package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one JSON object; every refusal names the field, its value and what was expected. */
final class Fields {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");

    private final String path; // of the object, empty or ending in a dot
    private final JsonNode node;

    Fields(String path, JsonNode node) {
        if (!node.isObject()) {
            throw new BadFieldException(path.isEmpty() ? node.toString() : path + ": " + node, "an object");
        }
        this.path = path.isEmpty() ? "" : path + ".";
        this.node = node;
    }

    /** Refuses fields that are not in {@code known}. */
    Fields only(String... known) {
        Set<String> names = Set.of(known);
        node.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                throw new BadFieldException(path + name + ": unknown", String.join(", ", known));
            }
        });
        return this;
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    String text(String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isTextual() || value.asText().isEmpty()) {
            throw bad(name, "a text");
        }
        return value.asText();
    }

    String text(String name, String other) {
        JsonNode value = node.get(name);
        if (value == null) {
            return other;
        }
        if (!value.isTextual()) {
            throw bad(name, "a text");
        }
        return value.asText();
    }

    double number(String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw bad(name, "a number");
        }
        return value.asDouble();
    }

    double number(String name, double other) {
        return node.has(name) ? number(name) : other;
    }

    long count(String name, long other) {
        return count(name, other, 0);
    }

    long count(String name, long other, long least) {
        if (!node.has(name)) {
            return other;
        }
        JsonNode value = node.get(name);
        if (!value.isIntegralNumber() || value.asLong() < least) {
            throw bad(name, "a whole number >= " + least);
        }
        return value.asLong();
    }

    int small(String name, int other) {
        return small(name, other, 0);
    }

    int small(String name, int other, int least) {
        long value = count(name, other, least);
        if (value > Integer.MAX_VALUE) {
            throw bad(name, "a whole number <= " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    boolean flag(String name, boolean other) {
        JsonNode value = node.get(name);
        if (value == null) {
            return other;
        }
        if (!value.isBoolean()) {
            throw bad(name, "true or false");
        }
        return value.asBoolean();
    }

    String choice(String name, String other, List<String> choices) {
        String value = text(name, other);
        if (!choices.contains(value)) {
            throw bad(name, String.join(", ", choices));
        }
        return value;
    }

    /** Returns milliseconds as nanoseconds, ≥ 0. */
    long millis(String name, long otherNanos) {
        if (!node.has(name)) {
            return otherNanos;
        }
        double millis = number(name);
        if (!(millis >= 0 && millis < 1e12)) {
            throw bad(name, "milliseconds >= 0");
        }
        return Math.round(millis * 1e6);
    }

    Duration duration(String name, Duration other) {
        JsonNode value = node.get(name);
        if (value == null) {
            return other;
        }
        Matcher matcher = DURATION.matcher(value.asText());
        if (!value.isTextual() || !matcher.matches()) {
            throw bad(name, "a duration, as 25ms or 10s");
        }
        return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * nanos(matcher.group(2))));
    }

    Set<String> texts(String name) {
        Set<String> texts = new TreeSet<>();
        for (JsonNode element : list(name)) {
            if (!element.isTextual()) {
                throw bad(name, "a list of texts");
            }
            texts.add(element.asText());
        }
        return texts;
    }

    long[] hashes(String name) {
        List<JsonNode> list = list(name);
        long[] hashes = new long[list.size()];
        for (int i = 0; i < hashes.length; i++) {
            if (!list.get(i).isIntegralNumber()) {
                throw bad(name, "a list of whole numbers");
            }
            hashes[i] = list.get(i).asLong();
        }
        return hashes;
    }

    List<JsonNode> list(String name) {
        JsonNode value = node.get(name);
        List<JsonNode> list = new ArrayList<>();
        if (value != null) {
            if (!value.isArray()) {
                throw bad(name, "a list");
            }
            value.forEach(list::add);
        }
        return list;
    }

    /** Returns the object called {@code name}, null if it is not there. */
    @Nullable
    Fields object(String name) {
        return node.hasNonNull(name) ? new Fields(path + name, node.get(name)) : null;
    }

    @Nullable
    JsonNode raw(String name) {
        return node.get(name);
    }

    Map<String, JsonNode> entries() {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        node.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    JsonNode node() {
        return node;
    }

    private static double nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            default -> 3600e9;
        };
    }

    BadFieldException bad(String name, String expected) {
        JsonNode value = node.get(name);
        return new BadFieldException(path + name + ": " + (value == null ? "missing" : value), expected);
    }
}
