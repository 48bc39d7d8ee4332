package dev.headgate.client;

import dev.headgate.core.request.HeaderFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The header fields of a message in their order, repeats kept; names are compared without regard to case. Immutable. */
public final class Fields implements HeaderFields {
    /** No fields. */
    public static final Fields NONE = new Fields(new String[0]);

    private final String[] lines; // name, value, name, value …

    private Fields(String[] lines) {
        this.lines = lines;
    }

    /** Returns a builder without fields. */
    public static Builder builder() {
        return new Builder(NONE.lines);
    }

    /** Returns a builder that begins with these. */
    public Builder with() {
        return new Builder(lines);
    }

    /** Returns how many lines there are. */
    public int size() {
        return lines.length / 2;
    }

    /** Returns the name of a line, as it was given. */
    public String name(int line) {
        return lines[2 * line];
    }

    /** Returns the value of a line. */
    public String value(int line) {
        return lines[2 * line + 1];
    }

    @Override
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                values.add(lines[i + 1]);
            }
        }
        return values;
    }

    @Override
    public @Nullable String first(String name) {
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                return lines[i + 1];
            }
        }
        return null;
    }

    /** Names the fields; values may be secrets and are not shown. */
    @Override
    public String toString() {
        List<String> names = new ArrayList<>(size());
        for (int i = 0; i < lines.length; i += 2) {
            names.add(lines[i].toLowerCase(Locale.ROOT));
        }
        return names.toString();
    }

    /** Collects fields. Not thread-safe. */
    public static final class Builder {
        private static final int SLACK = 8; // room for the few fields that are usually added

        private String[] lines;
        private int count;

        private Builder(String[] begun) {
            lines = Arrays.copyOf(begun, begun.length + SLACK);
            count = begun.length;
        }

        /** Adds a line. */
        public Builder add(String name, String value) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            if (count == lines.length) {
                lines = Arrays.copyOf(lines, 2 * count);
            }
            lines[count++] = name;
            lines[count++] = value;
            return this;
        }

        /** Puts one line in the place of all of that name. */
        public Builder set(String name, String value) {
            return remove(name).add(name, value);
        }

        /** Removes all lines of a name. */
        public Builder remove(String name) {
            int kept = 0;
            for (int i = 0; i < count; i += 2) {
                if (!lines[i].equalsIgnoreCase(name)) {
                    lines[kept++] = lines[i];
                    lines[kept++] = lines[i + 1];
                }
            }
            count = kept;
            return this;
        }

        /** Returns the fields. */
        public Fields build() {
            return count == 0 ? NONE : new Fields(Arrays.copyOf(lines, count));
        }
    }
}
