package dev.headgate.lab.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Label numbers in a file of JSON lines, {@code {"label":"label-3"}}, in order. */
public final class LabelTrace {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "label-";

    private LabelTrace() {}

    /** Reads a trace; throws {@link IllegalArgumentException} naming the line that is none. */
    public static List<Integer> read(Path file) throws IOException {
        List<Integer> labels = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                labels.add(label(line, file, number));
            }
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(file + ": no labels (expected: lines like {\"label\":\"label-3\"})");
        }
        return labels;
    }

    private static int label(String line, Path file, int number) {
        String expectation = file + ":" + number + ": " + line + " (expected: {\"label\":\"label-3\"})";
        try {
            JsonNode label = JSON.readTree(line).path("label");
            if (label.isTextual() && label.textValue().startsWith(PREFIX)) {
                return Integer.parseUnsignedInt(label.textValue().substring(PREFIX.length()));
            }
        } catch (IOException | NumberFormatException e) {
            throw new IllegalArgumentException(expectation, e);
        }
        throw new IllegalArgumentException(expectation);
    }

    /** Writes a trace that {@link #read} gives back. */
    public static void write(Path file, List<Integer> labels) throws IOException {
        Files.write(
                file,
                labels.stream()
                        .map(label -> "{\"label\":\"" + PREFIX + label + "\"}")
                        .toList());
    }
}
