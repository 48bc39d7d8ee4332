package dev.headgate.app.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** What the sections of one file share while they are read, and how they read a single value. */
final class Reading {
    /** Longer values are cut in messages. */
    private static final int SHOWN_CHARS = 80;

    private final Problems problems;
    private final Path folder;
    private final UnaryOperator<@Nullable String> environment;
    private final boolean describes;
    private final Set<Path> files = new LinkedHashSet<>();

    private Reading(Problems problems, Path folder, UnaryOperator<@Nullable String> environment, boolean describes) {
        this.problems = problems;
        this.folder = folder;
        this.environment = environment;
        this.describes = describes;
    }

    /** Reads {@code file}; variables are looked up in {@code environment}, which answers null for one that is not set. */
    static Reading of(Path file, Problems problems, UnaryOperator<@Nullable String> environment) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return new Reading(problems, folder == null ? Path.of("/") : folder, environment, false);
    }

    /** Reads no file: lists and mappings of names show one entry, so that every key is asked for once. */
    static Reading ofNothing() {
        return new Reading(new Problems(""), Path.of("/"), name -> null, true);
    }

    Problems problems() {
        return problems;
    }

    /** Returns the folder that relative paths start from. */
    Path folder() {
        return folder;
    }

    /** Returns whether the keys are wanted and not what a file says. */
    boolean describes() {
        return describes;
    }

    /** Notes a file whose content is part of the configuration. */
    void uses(Path file) {
        files.add(file);
    }

    /** Returns the files noted so far. */
    Set<Path> files() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(files));
    }

    /** Returns the kind of what {@code reader} makes of a path; relative ones start at the file's folder. */
    <T> Kind<T> path(String expected, Function<Path, Optional<T>> reader) {
        return Kind.text(expected, text -> {
            try {
                return reader.apply(folder.resolve(text));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    /** Returns what a node says, or nothing, which is noted. */
    <T> Optional<T> value(String path, Node node, Kind<T> kind) {
        if (!(node instanceof ScalarNode scalar) || isNothing(node)) {
            wrong(path, node, kind.expected(), kind);
            return Optional.empty();
        }
        String text = scalar.getValue().strip();
        if (kind.expands()) {
            Optional<String> unresolved = Variables.unresolved(text, environment);
            if (unresolved.isPresent()) {
                problems.add(
                        YamlTree.line(node.getStartMark()),
                        path + ": " + unresolved.get() + " (expected: an environment variable that is set)");
                return Optional.empty();
            }
            text = Variables.expanded(text, environment);
        }
        Optional<T> value = kind.parse(text, isQuoted(scalar));
        if (value.isEmpty()) {
            wrong(path, node, kind.expected(), kind);
        }
        return value;
    }

    /** Notes that a node is not what was expected, showing it as {@code kind} does. */
    void wrong(String path, Node node, String expected, Kind<?> kind) {
        String value = switch (node) {
            case Node nothing when isNothing(nothing) -> "nothing";
            case ScalarNode scalar -> shown(kind.shown(scalar.getValue(), isQuoted(scalar)));
            case SequenceNode _ -> "a list";
            default -> "a mapping";
        };
        problems.add(YamlTree.line(node.getStartMark()), path + ": " + value + " (expected: " + expected + ")");
    }

    /** Returns whether a key was written without a value. */
    static boolean isNothing(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** Returns a text as one line of a message can hold it. */
    static String shown(String value) {
        String oneLine = value.replaceAll("\\p{Cntrl}+", " ");
        return oneLine.length() <= SHOWN_CHARS ? oneLine : oneLine.substring(0, SHOWN_CHARS) + "…";
    }

    private static boolean isQuoted(ScalarNode scalar) {
        return scalar.getScalarStyle() != ScalarStyle.PLAIN;
    }
}
