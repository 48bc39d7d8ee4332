package dev.headgate.app.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** What one mapping of a file has under each key, in the order of the file. */
final class Entries {
    private final Map<String, NodeTuple> byKey = new LinkedHashMap<>();

    /** Adds an entry unless there is one of its key, whose line is returned. */
    OptionalInt add(String key, NodeTuple entry) {
        NodeTuple earlier = byKey.putIfAbsent(key, entry);
        return earlier == null ? OptionalInt.empty() : OptionalInt.of(line(earlier));
    }

    boolean has(String key) {
        return byKey.containsKey(key);
    }

    @Nullable
    Node value(String key) {
        NodeTuple entry = byKey.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    /** Returns whether the value under {@code key} is one of these words. */
    boolean says(String key, String... words) {
        return value(key) instanceof ScalarNode scalar && List.of(words).contains(scalar.getValue());
    }

    /** Returns the line of a key, {@code otherwise} if it is missing. */
    int line(String key, int otherwise) {
        NodeTuple entry = byKey.get(key);
        return entry == null ? otherwise : line(entry);
    }

    private static int line(NodeTuple entry) {
        return YamlTree.line(entry.getKeyNode().getStartMark());
    }

    Set<String> keys() {
        return byKey.keySet();
    }

    void remove(String key) {
        byKey.remove(key);
    }
}
