package dev.headgate.app.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads numbers with a unit, such as {@code 200ms} and {@code 16MiB}. */
public final class Quantity {
    /** Longer waits are typing errors, and up to here nanoseconds fit a long with room to add. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18}) ?([A-Za-z]*)");
    private static final Map<String, Duration> DURATIONS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZES = Map.of(
            "", 1L,
            "B", 1L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30);

    private Quantity() {}

    /** Returns the duration that the text names, at most 366 days; a bare number is none, as its unit is unknown. */
    public static Optional<Duration> duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Duration unit = matcher.matches() ? DURATIONS.get(matcher.group(2)) : null;
        if (unit == null) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return number > LONGEST.dividedBy(unit) ? Optional.empty() : Optional.of(unit.multipliedBy(number));
    }

    /** Returns the bytes that the text names; a bare number is bytes. */
    public static Optional<Long> bytes(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Long unit = matcher.matches() ? SIZES.get(matcher.group(2)) : null;
        if (unit == null) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
    }

    /** Returns the duration as the file would write it, in its largest whole unit. */
    static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.toMillis() % 1_000 != 0) {
            return duration.toMillis() + "ms";
        }
        return duration.toSeconds() % 60 == 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
    }
}
