package dev.headgate.core.request;

import java.util.ArrayList;
import java.util.List;

/** Header fields for tests, as {@code name: value} lines. */
record Fields(List<String> lines) implements HeaderFields {
    static Fields of(String... lines) {
        return new Fields(List.of(lines));
    }

    @Override
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (String line : lines) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                values.add(line.substring(name.length() + 1));
            }
        }
        return values;
    }
}
