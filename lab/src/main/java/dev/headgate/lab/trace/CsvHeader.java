package dev.headgate.lab.trace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the columns of a comma-separated file are; no value of a trace holds a comma. */
final class CsvHeader {
    private final Map<String, Integer> places = new HashMap<>();

    /** Reads the names; throws {@link BadTraceException} unless all {@code needed} are there. */
    CsvHeader(String line, String... needed) {
        String[] names = line.replace("\uFEFF", "").split(",", -1);
        for (int i = 0; i < names.length; i++) {
            places.put(key(names[i]), i);
        }
        if (!Arrays.stream(needed).allMatch(name -> places.containsKey(key(name)))) {
            throw new BadTraceException(
                    JsonLine.shown(line) + " (expected: a header with " + String.join(",", needed) + ")");
        }
    }

    /** Returns the value of column {@code name} in {@code cells}, null if there is none. */
    @Nullable
    String cell(String[] cells, String name) {
        Integer place = places.get(key(name));
        return place == null || place >= cells.length ? null : cells[place];
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
