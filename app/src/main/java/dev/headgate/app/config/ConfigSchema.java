package dev.headgate.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * The JSON Schema of the configuration file, for editors and for those who generate the file. It is made from the code
 * that reads the file, so it knows the same keys; what they mean stands in {@code keys.properties}. Relations between keys
 * are beyond it: {@code check-config} has the last word.
 */
public final class ConfigSchema {
    private static final String MEANINGS = "keys.properties";

    private final Properties meanings = meanings();
    private final List<String> keys = new ArrayList<>();
    private final Map<String, Object> document;

    private ConfigSchema() {
        document = Shape.of(
                "$schema", "https://json-schema.org/draft/2020-12/schema", "title", "Configuration of headgate serve");
        explained("", ServeConfigReader.schema()).forEach((name, value) -> document.put(String.valueOf(name), value));
    }

    /** Returns the schema as indented JSON, the same each time. */
    public static String json() {
        try {
            return JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(new ConfigSchema().document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema that is not JSON", e);
        }
    }

    /** Returns every key, such as {@code pools.*.backends[].url}. */
    static List<String> keys() {
        return List.copyOf(new ConfigSchema().keys);
    }

    /** Returns what the keys mean, by key. */
    static Properties meanings() {
        Properties meanings = new Properties();
        try (InputStream file = Objects.requireNonNull(ConfigSchema.class.getResourceAsStream(MEANINGS))) {
            meanings.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return meanings;
    }

    /** Returns a part of the schema with the meaning of each key in it. */
    private Map<?, ?> explained(String path, Map<?, ?> schema) {
        Map<Object, Object> explained = new LinkedHashMap<>();
        schema.forEach((word, value) -> explained.put(word, explained(path, String.valueOf(word), value)));
        return explained;
    }

    private Object explained(String path, String word, Object value) {
        return switch (value) {
            case Map<?, ?> properties when word.equals("properties") -> properties(path, properties);
            case Map<?, ?> items when word.equals("items") -> explained(path + "[]", items);
            case Map<?, ?> named when word.equals("additionalProperties") -> explained(path + ".*", named);
            case List<?> choices
            when word.equals("anyOf") ->
                choices.stream()
                        .map(choice -> choice instanceof Map<?, ?> map ? explained(path, map) : choice)
                        .toList();
            default -> value;
        };
    }

    private Map<Object, Object> properties(String path, Map<?, ?> properties) {
        Map<Object, Object> all = new LinkedHashMap<>();
        properties.forEach((name, schema) -> {
            String key = path.isEmpty() ? String.valueOf(name) : path + "." + name;
            keys.add(key);
            Map<Object, Object> explained = new LinkedHashMap<>();
            String meaning = meanings.getProperty(key);
            if (meaning != null) {
                explained.put("description", meaning);
            }
            explained.putAll(explained(key, (Map<?, ?>) schema));
            all.put(name, explained);
        });
        return all;
    }
}
