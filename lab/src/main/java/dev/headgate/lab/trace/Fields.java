package dev.headgate.lab.trace;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Turns the words of a line into values within bounds, or says what was expected. */
final class Fields {
    /** More tokens than any model reads: a number above it is a mistake in the file. */
    static final int MOST_TOKENS = 10_000_000;

    private static final double MICROS_PER_SECOND = 1e6;
    private static final double MOST_SECONDS = 1e11;

    private Fields() {}

    static int promptTokens(String name, @Nullable String text) {
        return tokens(name, text, 1);
    }

    static int answerTokens(String name, @Nullable String text) {
        return tokens(name, text, 0);
    }

    private static int tokens(String name, @Nullable String text, int least) {
        String expected = "tokens from " + least + " to " + MOST_TOKENS;
        double value = read(name, text, Double::valueOf, v -> v >= least && v <= MOST_TOKENS && v % 1 == 0, expected);
        return (int) value;
    }

    static long micros(String name, @Nullable String text, double unitsPerSecond) {
        double value =
                read(name, text, Double::valueOf, v -> v >= 0 && v / unitsPerSecond <= MOST_SECONDS, "a time >= 0");
        return Math.round(value / unitsPerSecond * MICROS_PER_SECOND);
    }

    static int whole(String name, @Nullable String text, int least, int most) {
        return read(
                name,
                text,
                Integer::valueOf,
                v -> v >= least && v <= most,
                "a whole number from " + least + " to " + most);
    }

    private static <T> T read(
            String name, @Nullable String text, Function<String, T> parser, Predicate<T> fits, String expected) {
        if (text == null || text.isBlank()) {
            throw new BadTraceException("no " + name + " (expected: " + expected + ")");
        }
        try {
            T value = parser.apply(text.strip());
            if (fits.test(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused in the same words as a number out of range
        }
        throw new BadTraceException(name + ": " + text.strip() + " (expected: " + expected + ")");
    }
}
