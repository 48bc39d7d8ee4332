package dev.headgate.core.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header fields of a message as the core reads them; names are compared without regard to case. */
public interface HeaderFields {
    /** No fields. */
    HeaderFields NONE = name -> List.of();

    /** Returns the lines of a field in the order they came, empty if there is none. */
    List<String> all(String name);

    /** Returns the first line of a field, or null. */
    default @Nullable String first(String name) {
        List<String> lines = all(name);
        return lines.isEmpty() ? null : lines.get(0);
    }
}
