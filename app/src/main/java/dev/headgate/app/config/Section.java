package dev.headgate.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * One mapping of a configuration file, from which values are taken key by key.
 *
 * <p>A value that is missing or wrong reads as its default; what is wrong is noted in {@link Problems}. After the last
 * key {@link #end()} notes every key that nobody asked for. What is asked for is noted in a {@link Shape}, so the code
 * that reads the file also is what its JSON Schema is made from.
 */
final class Section {
    /** How a value is shown that should have been a mapping or a list. */
    private static final Kind<String> ANYTHING = Kind.text("");

    private static final Kind<String> SECRET = ANYTHING.shownAs(text -> Kind.HIDDEN);

    /** What is longer where a credential belongs may be one. */
    private static final int LONGEST_KEY_CHARS = 24;

    private final Reading reading;
    private final boolean isSecret;
    private final String name;
    private final int line;
    private final Entries entries = new Entries();
    private final Set<String> known = new LinkedHashSet<>();
    private final Shape shape = new Shape();
    private final int problemsBefore;

    Section(Reading reading, @Nullable MappingNode root) {
        this(reading, "", root, root == null ? 0 : YamlTree.line(root.getStartMark()), ANYTHING);
    }

    private Section(Reading reading, String name, @Nullable MappingNode node, int line, Kind<?> content) {
        this.reading = reading;
        this.isSecret = content == SECRET;
        this.name = name;
        this.line = line;
        this.problemsBefore = reading.problems().count();
        if (node != null) {
            node.getValue().forEach(this::enter);
        }
    }

    private void enter(NodeTuple entry) {
        int entryLine = YamlTree.line(entry.getKeyNode().getStartMark());
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            reading.problems().add(entryLine, (name.isEmpty() ? "" : name + ": ") + "a key that is not a word");
            return;
        }
        entries.add(key.getValue(), entry)
                .ifPresent(first -> reading.problems()
                        .add(entryLine, path(foreign(key.getValue())) + ": given twice (first in line " + first + ")"));
    }

    /** Returns a key that nobody expected as a problem may show it. */
    private String foreign(String key) {
        return isSecret && key.length() > LONGEST_KEY_CHARS ? Kind.HIDDEN : Reading.shown(key);
    }

    Reading reading() {
        return reading;
    }

    Shape shape() {
        return shape;
    }

    /** Returns whether a file was read and nothing was wrong with this mapping so far. */
    boolean isSound() {
        return reading.problems().count() == problemsBefore && !reading.describes();
    }

    boolean has(String key) {
        return entries.has(key);
    }

    /** Notes a problem with the value of a key, at its line or at the mapping's when the key is missing. */
    void problem(String key, String text) {
        reading.problems().add(entries.line(key, line), path(key) + ": " + text);
    }

    /** Notes that the value of a key, which may stand, is probably not what was meant. */
    void warning(String key, String text) {
        reading.problems().warn(entries.line(key, line), path(key) + ": " + text);
    }

    /** Notes a problem with the mapping itself. */
    void problem(String text) {
        reading.problems().add(line, name + ": " + text);
    }

    /** Returns the mapping under a key, an empty one if there is none or, which is noted, something else. */
    Section section(String key) {
        return section(key, ANYTHING);
    }

    /** The same for a mapping with a credential in it: what is no mapping may be the credential, and is not shown. */
    Section secretSection(String key) {
        return section(key, SECRET);
    }

    private Section section(String key, Kind<?> content) {
        Section section = child(key, take(key), "a mapping", content);
        shape.mapping(key, section.shape);
        return section;
    }

    /** Returns the mapping under a key, also if it is empty; none if the key is missing or says off. */
    Optional<Section> sectionOrOff(String key) {
        Node node = take(key);
        boolean isOff = entries.says(key, "off");
        Section section = child(key, isOff ? null : node, "a mapping, or off", ANYTHING);
        shape.mappingOrOff(key, section.shape);
        return reading.describes() || (node != null && !isOff) ? Optional.of(section) : Optional.empty();
    }

    private Section child(String key, @Nullable Node node, String expected, Kind<?> kind) {
        int nodeLine = node == null ? line : YamlTree.line(node.getStartMark());
        if (node != null && !Reading.isNothing(node) && !(node instanceof MappingNode)) {
            reading.wrong(path(key), node, expected, kind);
        }
        return new Section(reading, path(key), node instanceof MappingNode m ? m : null, nodeLine, kind);
    }

    /** Returns the mappings listed under a key; list items that are something else are noted and left out. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (Item item : items(key)) {
            if (item.node instanceof MappingNode mapping) {
                sections.add(new Section(reading, item.path, mapping, YamlTree.line(mapping.getStartMark()), ANYTHING));
            } else {
                reading.wrong(item.path, item.node, "a mapping", ANYTHING);
            }
        }
        if (reading.describes()) {
            sections.add(new Section(reading, path(key) + "[]", null, 0, ANYTHING));
        }
        shape.list(key, sections.isEmpty() ? new Shape() : sections.getFirst().shape);
        return sections;
    }

    /** Returns the mappings under a key by their names. */
    Map<String, Section> named(String key) {
        Section names = child(key, take(key), "a mapping", ANYTHING);
        Map<String, Section> named = new LinkedHashMap<>();
        names.entries.keys().forEach(each -> named.put(each, names.section(each)));
        if (reading.describes()) {
            Section any = new Section(reading, path(key) + ".*", null, 0, ANYTHING);
            shape.named(key, any.shape);
            named.put("*", any);
        }
        return named;
    }

    /** Returns the value under a key, {@code fallback} if it is missing or, which is noted, wrong. */
    <T> T value(String key, Kind<T> kind, T fallback) {
        shape.value(key, kind.schemaWithDefault(fallback));
        return optional(key, kind).orElse(fallback);
    }

    /** Returns the value under a key, or nothing, which is noted. */
    <T> Optional<T> required(String key, Kind<T> kind) {
        shape.require(key);
        if (!has(key)) {
            known.add(key);
            shape.value(key, kind.schema());
            problem(key, "missing (expected: " + kind.expected() + ")");
            return Optional.empty();
        }
        return optional(key, kind);
    }

    /** Returns the value under a key, or nothing if it is missing or, which is noted, wrong. */
    <T> Optional<T> optional(String key, Kind<T> kind) {
        shape.value(key, kind.schema());
        Node node = take(key);
        return node == null ? Optional.empty() : reading.value(path(key), node, kind);
    }

    /** Returns the values listed under a key, those that are not wrong; {@code fallback} if the key is missing. */
    <T> List<T> values(String key, Kind<T> kind, List<T> fallback) {
        shape.value(key, Shape.of("type", "array", "items", kind.schema()));
        boolean isMissing = !has(key);
        List<T> values = new ArrayList<>();
        items(key).forEach(item -> reading.value(item.path, item.node, kind).ifPresent(values::add));
        return isMissing ? fallback : values;
    }

    /** Returns the words under a key by their names, in the order of the file; nothing if the key is missing. */
    Optional<Map<String, String>> words(String key, Kind<String> kind) {
        shape.value(key, Shape.of("type", "object", "minProperties", 1, "additionalProperties", kind.schema()));
        Node node = take(key);
        if (node == null) {
            return Optional.empty();
        }
        Section words = child(key, node, "a mapping of names to names", ANYTHING);
        if (words.entries.keys().isEmpty() && (node instanceof MappingNode || Reading.isNothing(node))) {
            problem(key, "nothing (expected: a mapping of names to names)");
        }
        Map<String, String> map = new LinkedHashMap<>();
        words.entries.keys().forEach(each -> words.optional(each, kind).ifPresent(value -> map.put(each, value)));
        return Optional.of(map);
    }

    /** Returns whether a key is there that does not say off. */
    boolean isGiven(String key) {
        return has(key) && !entries.says(key, "off");
    }

    /** Refuses a key of the documentation whose feature is missing, unless it says "off" in the feature's own word. */
    void notBuilt(String key, String instead, String... off) {
        if (off.length > 0) {
            shape.value(key, Kind.offSchema());
        }
        if (entries.says(key, off)) {
            known.add(key);
        } else {
            refuse(key, "not built yet (" + instead + ")");
        }
    }

    /** Notes {@code key} as a problem if it is given; whoever asks for it afterwards finds nothing. */
    void refused(String key, String expected) {
        refuse(key, "given (expected: " + expected + ")");
    }

    private void refuse(String key, String text) {
        if (has(key)) {
            problem(key, text);
            entries.remove(key);
        }
    }

    /** Notes every key that was not asked for. */
    void end() {
        for (String key : unknown()) {
            String meant = Nearest.to(key, known)
                    .map(near -> "did you mean " + near + "?")
                    .orElse("known: " + String.join(", ", known));
            reading.problems().add(entries.line(key, line), path(foreign(key)) + ": unknown key (" + meant + ")");
        }
    }

    /** Notes every key that was not asked for as one that {@code owner} does not have. */
    void endFor(String owner) {
        String text = "not a key of " + owner + " (known: " + String.join(", ", known) + ")";
        unknown().forEach(key -> problem(Reading.shown(key), text));
    }

    private List<String> unknown() {
        return entries.keys().stream().filter(key -> !known.contains(key)).toList();
    }

    private record Item(String path, Node node) {}

    private List<Item> items(String key) {
        Node node = take(key);
        if (node == null || Reading.isNothing(node)) {
            return List.of();
        }
        if (!(node instanceof SequenceNode list)) {
            reading.wrong(path(key), node, "a list", ANYTHING);
            return List.of();
        }
        List<Item> items = new ArrayList<>();
        for (Node item : list.getValue()) {
            items.add(new Item(path(key) + "[" + items.size() + "]", item));
        }
        return items;
    }

    private @Nullable Node take(String key) {
        known.add(key);
        return entries.value(key);
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }
}
