package dev.headgate.core.pick;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parameters from a map, as JSON or a command line gives them. Immutable. */
final class MapParameters implements RouterSetup.Parameters {
    private final Map<String, Object> values;

    MapParameters(Map<String, ?> values) {
        this.values = new LinkedHashMap<>(values);
    }

    @Override
    public String text(String key, String other) {
        Object value = values.get(key);
        if (value == null) {
            return other;
        }
        if (value instanceof List || value instanceof Map) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: a text)");
        }
        return value instanceof Number number ? plain(number) : value.toString();
    }

    @Override
    public double number(String key, double other) {
        Object value = values.get(key);
        if (value == null) {
            return other;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value.equals("infinity") || value.equals("off")) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            return Double.parseDouble(value.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: a number)", e);
        }
    }

    @Override
    public boolean flag(String key, boolean other) {
        Object value = values.get(key);
        String text = value == null ? String.valueOf(other) : value.toString();
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: true or false)");
        }
        return text.equals("true");
    }

    @Override
    public List<RouterSetup.Parameters> objects(String key) {
        Object value = values.get(key);
        List<RouterSetup.Parameters> objects = new ArrayList<>();
        if (value instanceof String text) {
            for (String part : text.split("[+]", -1)) {
                objects.add(named(part.trim()));
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                objects.add(element instanceof Map<?, ?> map ? object(key, map) : named(String.valueOf(element)));
            }
        } else if (value != null) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: a list)");
        }
        return objects;
    }

    @Override
    public Set<String> keys() {
        return Set.copyOf(values.keySet());
    }

    /** A command line has no objects: {@code queue:2} is the one called queue whose weight is 2. */
    private static MapParameters named(String text) {
        int colon = text.lastIndexOf(':');
        return new MapParameters(
                colon < 0
                        ? Map.of("name", text)
                        : Map.of("name", text.substring(0, colon), "weight", text.substring(colon + 1)));
    }

    private static MapParameters object(String key, Map<?, ?> map) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (value == null) {
                throw new IllegalArgumentException(key + "." + name + ": null (expected: a value)");
            }
            values.put(String.valueOf(name), value);
        });
        return new MapParameters(values);
    }

    private static String plain(Number number) {
        double value = number.doubleValue();
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? String.valueOf((long) value) : number.toString();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
