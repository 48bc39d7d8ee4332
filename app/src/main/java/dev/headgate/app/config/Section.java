package dev.headgate.app.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a configuration file, from which values are taken key by key.
 *
 * <p>A value that is missing or wrong reads as its default; what is wrong is noted in {@link Problems}. After the last
 * key {@link #end()} notes every key that nobody asked for.
 */
final class Section {
    /** Longer values are cut in messages. */
    private static final int SHOWN_CHARS = 80;

    /** Narrower than what Java reads: no hexadecimal, no NaN, no suffix, and never infinite. */
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,15}(\\.\\d{1,15})?");

    private final Problems problems;
    private final String name;
    private final int line;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final int problemsBefore;

    Section(Problems problems, MappingNode root) {
        this(problems, "", root, YamlTree.line(root.getStartMark()));
    }

    private Section(Problems problems, String name, @Nullable MappingNode node, int line) {
        this.problems = problems;
        this.name = name;
        this.line = line;
        this.problemsBefore = problems.count();
        if (node != null) {
            node.getValue().forEach(this::enter);
        }
    }

    private void enter(NodeTuple entry) {
        int entryLine = YamlTree.line(entry.getKeyNode().getStartMark());
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            problems.add(entryLine, (name.isEmpty() ? "" : name + ": ") + "a key that is not a word");
            return;
        }
        NodeTuple earlier = entries.putIfAbsent(key.getValue(), entry);
        if (earlier != null) {
            int first = YamlTree.line(earlier.getKeyNode().getStartMark());
            problems.add(entryLine, path(shown(key.getValue())) + ": given twice (first in line " + first + ")");
        }
    }

    /** Returns whether nothing was wrong with this mapping so far. */
    boolean isSound() {
        return problems.count() == problemsBefore;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Returns the keys of the file, in its order. */
    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    /** Notes a problem with the value of a key, at its line or at the mapping's when the key is missing. */
    void problem(String key, String text) {
        NodeTuple entry = entries.get(key);
        problems.add(entry == null ? line : YamlTree.line(entry.getKeyNode().getStartMark()), path(key) + ": " + text);
    }

    /** Returns the mapping under a key, an empty one if there is none or, which is noted, something else. */
    Section section(String key) {
        Node node = take(key);
        int nodeLine = node == null ? line : YamlTree.line(node.getStartMark());
        Section section = new Section(problems, path(key), node instanceof MappingNode m ? m : null, nodeLine);
        if (node != null && !isNothing(node) && !(node instanceof MappingNode)) {
            wrong(path(key), node, "a mapping");
        }
        return section;
    }

    /** Returns the mappings listed under a key; list items that are something else are noted and left out. */
    List<Section> sections(String key) {
        Node node = take(key);
        if (node == null || isNothing(node)) {
            return List.of();
        }
        if (!(node instanceof SequenceNode list)) {
            wrong(path(key), node, "a list");
            return List.of();
        }
        List<Section> sections = new ArrayList<>();
        int index = 0;
        for (Node item : list.getValue()) {
            String itemPath = path(key) + "[" + index++ + "]";
            if (item instanceof MappingNode mapping) {
                sections.add(new Section(problems, itemPath, mapping, YamlTree.line(item.getStartMark())));
            } else {
                wrong(itemPath, item, "a mapping");
            }
        }
        return sections;
    }

    /** Returns the word under a key, or nothing, which is noted. */
    Optional<String> requiredText(String key, String expected) {
        if (!has(key)) {
            known.add(key);
            problem(key, "missing (expected: " + expected + ")");
            return Optional.empty();
        }
        return value(key, expected, text -> Optional.of(text).filter(t -> !t.isBlank()));
    }

    String text(String key, String fallback, String expected) {
        return value(key, expected, text -> Optional.of(text).filter(t -> !t.isBlank()))
                .orElse(fallback);
    }

    boolean flag(String key, boolean fallback) {
        return value(key, "true or false", text -> switch (text) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                })
                .orElse(fallback);
    }

    int wholeNumber(String key, int fallback, int least, int most) {
        String expected = most == Integer.MAX_VALUE
                ? "a whole number >= " + least
                : "a whole number from " + least + " to " + most;
        return value(key, expected, text -> whole(text).filter(n -> n >= least && n <= most))
                .orElse(fallback);
    }

    /** Returns a number of at least 0. */
    double number(String key, double fallback) {
        return value(key, "a number >= 0", text -> decimal(text).filter(n -> n >= 0))
                .orElse(fallback);
    }

    /** Returns a number above 0. */
    double positiveNumber(String key, double fallback) {
        return value(key, "a number > 0", text -> decimal(text).filter(n -> n > 0))
                .orElse(fallback);
    }

    Duration duration(String key, Duration fallback, Duration least) {
        String expected = "a duration such as 200ms, 2s or 5m, at least " + Quantity.text(least);
        return value(key, expected, text -> Quantity.duration(text).filter(d -> d.compareTo(least) >= 0))
                .orElse(fallback);
    }

    long bytes(String key, long fallback, long most) {
        String expected = "a size such as 64KB or 16MiB, from 1 to " + most + " bytes";
        return value(key, expected, text -> Quantity.bytes(text).filter(n -> n >= 1 && n <= most))
                .orElse(fallback);
    }

    <E extends Enum<E>> E choice(String key, E fallback) {
        E[] choices = fallback.getDeclaringClass().getEnumConstants();
        String expected = Arrays.stream(choices).map(Section::word).collect(Collectors.joining(", "));
        return value(
                        key,
                        "one of " + expected,
                        text -> Arrays.stream(choices)
                                .filter(choice -> word(choice).equals(text))
                                .findFirst())
                .orElse(fallback);
    }

    /** Returns a path, relative ones from the given folder, if it is there and passes the test. */
    Optional<Path> path(String key, Path folder, String expected, Predicate<Path> test) {
        return requiredText(key, expected).flatMap(text -> {
            try {
                Path path = folder.resolve(text);
                if (test.test(path)) {
                    return Optional.of(path);
                }
            } catch (InvalidPathException e) {
                // Falls through to the message, which shows the text.
            }
            problem(key, shown(text) + " (expected: " + expected + ")");
            return Optional.empty();
        });
    }

    /** Refuses a key of the documentation whose feature is missing, unless it says "off" in the feature's own word. */
    void notBuilt(String key, String instead, String... off) {
        Node node = take(key);
        boolean isOff = node instanceof ScalarNode scalar && List.of(off).contains(scalar.getValue());
        if (node != null && !isOff) {
            problem(key, "not built yet (" + instead + ")");
        }
    }

    /** Notes every key that was not asked for. */
    void end() {
        for (String key : entries.keySet()) {
            if (!known.contains(key)) {
                String meant = Nearest.to(key, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("known: " + String.join(", ", known));
                problem(key, "unknown key (" + meant + ")");
            }
        }
    }

    /** Returns whether a key was written without a value. */
    static boolean isNothing(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private <T> Optional<T> value(String key, String expected, Function<String, Optional<T>> parser) {
        Node node = take(key);
        if (node == null) {
            return Optional.empty();
        }
        Optional<T> parsed = node instanceof ScalarNode scalar && !isNothing(node)
                ? parser.apply(scalar.getValue().strip())
                : Optional.empty();
        if (parsed.isEmpty()) {
            wrong(path(key), node, expected);
        }
        return parsed;
    }

    private @Nullable Node take(String key) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    private void wrong(String path, Node node, String expected) {
        String value = switch (node) {
            case Node nothing when isNothing(nothing) -> "nothing";
            case ScalarNode scalar -> shown(scalar.getValue());
            case SequenceNode list -> "a list";
            default -> "a mapping";
        };
        problems.add(YamlTree.line(node.getStartMark()), path + ": " + value + " (expected: " + expected + ")");
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    private static String shown(String value) {
        String oneLine = value.replaceAll("\\p{Cntrl}+", " ");
        return oneLine.length() <= SHOWN_CHARS ? oneLine : oneLine.substring(0, SHOWN_CHARS) + "…";
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Integer> whole(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Double> decimal(String text) {
        return DECIMAL.matcher(text).matches() ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    }
}
