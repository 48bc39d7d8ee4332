package dev.headgate.app.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a file into a tree of YAML nodes, which know their lines.
 *
 * <p>Aliases are refused before the tree is built, so a small file cannot stand for a huge tree.
 */
final class YamlTree {
    /** A configuration is pages long, not books. */
    private static final long MAX_FILE_BYTES = 1 << 20;

    private YamlTree() {}

    /** Returns the root mapping, or throws the one reason why there is none. */
    static MappingNode read(Path file, Problems problems) {
        return ofText(text(file, problems), problems);
    }

    /** Returns the root mapping of {@code text}, or throws the one reason why there is none. */
    static MappingNode ofText(String text, Problems problems) {
        try {
            Optional<MappingNode> root = parse(text, problems);
            problems.throwIfAny();
            return root.orElseThrow();
        } catch (MarkedYAMLException e) {
            problems.add(line(e.getProblemMark()), "not YAML: " + firstLine(String.valueOf(e.getProblem())));
        } catch (YAMLException e) {
            problems.add(0, "not YAML: " + firstLine(String.valueOf(e.getMessage())));
        }
        problems.throwIfAny();
        throw new AssertionError("a problem was noted");
    }

    private static String text(Path file, Problems problems) {
        try {
            if (Files.isDirectory(file)) {
                problems.add(0, "a folder (expected: a file)");
            } else if (Files.size(file) > MAX_FILE_BYTES) {
                problems.add(0, Files.size(file) + " bytes (expected: at most 1 MiB)");
            } else {
                return Files.readString(file);
            }
        } catch (NoSuchFileException e) {
            problems.add(0, "no such file");
        } catch (CharacterCodingException e) {
            problems.add(0, "not UTF-8 text");
        } catch (IOException e) {
            problems.add(0, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        problems.throwIfAny();
        throw new AssertionError("a problem was noted");
    }

    private static Optional<MappingNode> parse(String text, Problems problems) {
        Yaml yaml = new Yaml();
        int documents = 0;
        for (Event event : yaml.parse(new StringReader(text))) {
            if (event instanceof AliasEvent) {
                // Its name is not shown: it may be a credential that begins with a star.
                problems.add(
                        line(event.getStartMark()), "an alias (expected: none; a value that begins with * is quoted)");
                return Optional.empty();
            }
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                problems.add(line(event.getStartMark()), "a second document (expected: one)");
                return Optional.empty();
            }
        }
        Node root = documents == 0 ? null : yaml.compose(new StringReader(text));
        if (root instanceof MappingNode mapping) {
            return Optional.of(mapping);
        }
        if (root == null || Reading.isNothing(root)) {
            problems.add(0, "empty (expected: keys such as listen: {port: 8080})");
        } else {
            problems.add(line(root.getStartMark()), "not a mapping (expected: keys such as listen: {port: 8080})");
        }
        return Optional.empty();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    static int line(Mark mark) {
        return mark.getLine() + 1;
    }
}
