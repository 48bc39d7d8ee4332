package dev.headgate.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The keys of one mapping in the words of JSON Schema, noted while they are asked for. */
final class Shape {
    // Worked out at the end, as what is below a key is noted after it.
    private final Map<String, Supplier<Map<String, Object>>> properties = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();

    /** Notes a key; one that was noted already stays as it is. */
    void value(String key, Map<String, Object> schema) {
        properties.putIfAbsent(key, () -> schema);
    }

    void require(String key) {
        required.add(key);
    }

    /** Notes a key with a mapping. */
    void mapping(String key, Shape shape) {
        properties.putIfAbsent(key, () -> orNothing(shape.schema()));
    }

    /** Notes a key with a mapping, or the word off. */
    void mappingOrOff(String key, Shape shape) {
        properties.putIfAbsent(key, () -> of("anyOf", List.of(orNothing(shape.schema()), Kind.offSchema())));
    }

    /** Notes a key with a list of mappings. */
    void list(String key, Shape shape) {
        properties.putIfAbsent(key, () -> orNothing(of("type", "array", "items", shape.schema())));
    }

    /** Notes a key with a mapping of free names to mappings. */
    void named(String key, Shape shape) {
        properties.putIfAbsent(key, () -> orNothing(of("type", "object", "additionalProperties", shape.schema())));
    }

    /** Returns an object with these keys and values, by turns, in their order. */
    static Map<String, Object> of(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }

    /** Returns the schema of the mapping and of all below it. */
    Map<String, Object> schema() {
        Map<String, Object> all = new LinkedHashMap<>();
        properties.forEach((key, schema) -> all.put(key, schema.get()));
        Map<String, Object> object = of("type", "object", "properties", all);
        if (!required.isEmpty()) {
            object.put("required", List.copyOf(required));
        }
        object.put("additionalProperties", false);
        return object;
    }

    /** A key without anything after it reads as an empty mapping or list. */
    private static Map<String, Object> orNothing(Map<String, Object> schema) {
        schema.put("type", List.of(String.valueOf(schema.get("type")), "null"));
        return schema;
    }
}
