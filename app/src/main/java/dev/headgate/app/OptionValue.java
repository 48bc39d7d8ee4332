package dev.headgate.app;

import dev.headgate.app.config.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Reads what an option says, and refuses it in a sentence that names the option. */
final class OptionValue {
    static final long NANOS_PER_MICRO = 1_000;

    private OptionValue() {}

    /** Returns a duration in microseconds. */
    static long micros(String option, String text) {
        return Quantity.duration(text)
                .map(Duration::toNanos)
                .map(nanos -> nanos / NANOS_PER_MICRO)
                .orElseThrow(() ->
                        CommandException.wrongUse(option + ": " + text + " (expected: a duration such as 50ms or 2s)"));
    }

    /** Returns the constant of {@code kind} that {@code name} is; {@code others} are what else would have been right. */
    static <E extends Enum<E>> E named(String option, Class<E> kind, String name, String... others) {
        List<String> names = new ArrayList<>(List.of(others));
        for (E each : kind.getEnumConstants()) {
            String known = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (known.equals(name)) {
                return each;
            }
            names.add(known);
        }
        throw CommandException.wrongUse(option + ": " + name + " (expected: " + String.join(", ", names) + ")");
    }

    /** Returns {@code value}; what it refuses is refused for {@code option}. */
    static <T> T refusing(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse(option + ": " + e.getMessage());
        }
    }
}
