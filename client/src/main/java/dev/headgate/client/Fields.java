package dev.headgate.client;

import dev.headgate.core.request.HeaderFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        return new Builder();
    }

    /** Returns a builder that begins with these. */
    public Builder with() {
        Builder builder = new Builder();
        builder.lines.addAll(List.of(lines));
        return builder;
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
        private final List<String> lines = new ArrayList<>();

        private Builder() {}

        /** Adds a line. */
        public Builder add(String name, String value) {
            lines.add(name);
            lines.add(value);
            return this;
        }

        /** Puts one line in the place of all of that name. */
        public Builder set(String name, String value) {
            return remove(name).add(name, value);
        }

        /** Removes all lines of a name. */
        public Builder remove(String name) {
            for (int i = lines.size() - 2; i >= 0; i -= 2) {
                if (lines.get(i).equalsIgnoreCase(name)) {
                    lines.remove(i + 1);
                    lines.remove(i);
                }
            }
            return this;
        }

        /** Returns the fields. */
        public Fields build() {
            return lines.isEmpty() ? NONE : new Fields(lines.toArray(new String[0]));
        }
    }
}
