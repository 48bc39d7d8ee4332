package dev.headgate.worker;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512MiB}, {@code 2GiB}, {@code 1.5GB}, or a plain number of bytes. */
public final class MemorySize {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]*)");

    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    /** The dispatcher refuses more as absurd. */
    private static final double MAX_BYTES = 1L << 50;

    private MemorySize() {}

    /** Returns the bytes that {@code text} says, at most 2^50; throws IllegalArgumentException otherwise. */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Long unit = form.matches() ? UNITS.get(form.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(
                    "memory size: " + text + " (expected: a number with KiB, MiB, GiB, KB, MB or GB)");
        }
        double bytes = Double.parseDouble(form.group(1)) * unit;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("memory size: " + text + " (expected: <= 1048576GiB)");
        }
        return Math.round(bytes);
    }

    /** Returns {@code bytes} for people, in MB. */
    static String format(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000L) + " MB";
    }
}
