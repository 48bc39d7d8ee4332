package dev.headgate.app.config;

import dev.headgate.core.pool.Place;
import java.util.Optional;

/** Reads where something runs. */
final class PlaceReader {
    /** May be blank, as a variable is that a deployment does not set. */
    private static final Kind<String> NAME = Kind.textOrBlank("a name", Optional::of);

    private PlaceReader() {}

    /** Returns the place under {@code node} and {@code zone} of a section. */
    static Place read(Section section) {
        return new Place(
                section.value("node", NAME, "").strip(),
                section.value("zone", NAME, "").strip());
    }
}
