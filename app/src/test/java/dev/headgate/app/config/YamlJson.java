package dev.headgate.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads YAML 1.2 into JSON, as editors do: off is a word there. */
final class YamlJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private YamlJson() {}

    static JsonNode of(String yaml) {
        return of(new Yaml().compose(new StringReader(yaml)));
    }

    private static JsonNode of(Node node) {
        return switch (node) {
            case MappingNode mapping -> {
                ObjectNode object = JSON.objectNode();
                mapping.getValue()
                        .forEach(entry ->
                                object.set(((ScalarNode) entry.getKeyNode()).getValue(), of(entry.getValueNode())));
                yield object;
            }
            case SequenceNode sequence -> {
                ArrayNode array = JSON.arrayNode();
                sequence.getValue().forEach(item -> array.add(of(item)));
                yield array;
            }
            case ScalarNode scalar
            when scalar.getScalarStyle() != ScalarStyle.PLAIN -> JSON.textNode(scalar.getValue());
            default -> plain(((ScalarNode) node).getValue());
        };
    }

    private static JsonNode plain(String value) {
        if (value.isEmpty() || value.equals("null") || value.equals("~")) {
            return JSON.nullNode();
        }
        if (value.equals("true") || value.equals("false")) {
            return JSON.booleanNode(value.equals("true"));
        }
        if (value.matches("-?[0-9]+")) {
            return JSON.numberNode(Long.parseLong(value));
        }
        return value.matches("-?[0-9]+\\.[0-9]+") ? JSON.numberNode(Double.parseDouble(value)) : JSON.textNode(value);
    }
}
