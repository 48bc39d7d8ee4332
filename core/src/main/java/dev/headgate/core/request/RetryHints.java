package dev.headgate.core.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a backend asks to be left alone: the table of gateway.md §5, one for all providers.
 *
 * <p>The first row that yields a value wins; what cannot be read is skipped. A row whose header is repeated, or holds a
 * list, gives its largest value. Buckets are read together: the longest reset of those that are spent, else the shortest
 * of all, since the shortest alone would send callers back to a spent bucket every second. Waits are rounded up to whole
 * milliseconds and capped. Dates and epochs are taken relative to the answer's own {@code Date} if it has one, so the
 * clocks of the two hosts need not agree.
 */
public final class RetryHints {
    private static final List<String> BUCKETS = List.of("requests", "tokens", "requests-day", "tokens-minute");
    private static final List<String> RESETS = buckets("x-ratelimit-reset-", "");
    private static final List<String> REMAINING = buckets("x-ratelimit-remaining-", "");
    private static final List<String> ANTHROPIC_BUCKETS =
            List.of("requests", "tokens", "input-tokens", "output-tokens");
    private static final List<String> ANTHROPIC_RESETS = anthropic("-reset");
    private static final List<String> ANTHROPIC_REMAINING = anthropic("-remaining");

    /** A number of this and above cannot be a wait in seconds: it is 30 days. */
    private static final long FIRST_EPOCH_MILLIS = 2_592_000_000L;

    /** A number of this and above counts milliseconds since 1970, not seconds. */
    private static final long FIRST_EPOCH_IN_MILLIS = 100_000_000_000L;

    private RetryHints() {}

    /**
     * Returns what an answer says.
     *
     * @param message the error message, empty if unknown
     * @param wallMillis the local wall clock, for answers without a {@code Date}
     * @param maxMillis the longest wait
     */
    public static RetryHint read(HeaderFields headers, String message, long wallMillis, long maxMillis) {
        long date = dateOf(headers, wallMillis);
        RetryHint hint = row(headers, "retry-after-ms", Reading.MILLIS, date);
        if (hint == null) {
            hint = row(headers, "x-ms-retry-after-ms", Reading.MILLIS, date);
        }
        if (hint == null) {
            hint = row(headers, "retry-after", Reading.SECONDS_OR_DATE, date);
        }
        if (hint == null) {
            hint = row(headers, "x-ratelimit-reset", Reading.WAIT_OR_EPOCH, date);
        }
        if (hint == null) {
            hint = buckets(headers, RESETS, REMAINING, Reading.WAIT, date);
        }
        if (hint == null) {
            hint = buckets(headers, ANTHROPIC_RESETS, ANTHROPIC_REMAINING, Reading.TIMESTAMP, date);
        }
        if (hint == null) {
            long millis = MessageHint.millis(message);
            hint = millis == HeaderNumbers.GARBAGE ? RetryHint.NONE : new RetryHint(millis, "message");
        }
        return hint.millis() > maxMillis ? new RetryHint(maxMillis, hint.source()) : hint;
    }

    private static long dateOf(HeaderFields headers, long wallMillis) {
        String date = headers.first("date");
        long millis = date == null ? HttpDates.NO_DATE : HttpDates.parse(date, 0, date.length(), wallMillis);
        return millis == HttpDates.NO_DATE ? wallMillis : millis;
    }

    private static @Nullable RetryHint row(HeaderFields headers, String name, Reading reading, long nowMillis) {
        long millis = largest(headers.all(name), reading, nowMillis);
        return millis == HeaderNumbers.GARBAGE ? null : new RetryHint(millis, name);
    }

    private static @Nullable RetryHint buckets(
            HeaderFields headers, List<String> resets, List<String> remaining, Reading reading, long nowMillis) {
        long longestSpent = 0;
        long shortest = Long.MAX_VALUE;
        int spent = -1;
        int soonest = -1;
        for (int i = 0; i < resets.size(); i++) {
            long reset = largest(headers.all(resets.get(i)), reading, nowMillis);
            String left = headers.first(remaining.get(i));
            if (reset <= 0 || (left != null && isNegative(left))) {
                continue;
            }
            if (left != null && HeaderNumbers.count(left) == 0 && reset > longestSpent) {
                longestSpent = reset;
                spent = i;
            }
            if (soonest < 0 || reset < shortest) {
                shortest = reset;
                soonest = i;
            }
        }
        if (spent >= 0) {
            return new RetryHint(longestSpent, resets.get(spent));
        }
        return soonest >= 0 ? new RetryHint(shortest, resets.get(soonest)) : null;
    }

    private static boolean isNegative(String text) {
        String number = text.strip();
        return number.startsWith("-") && HeaderNumbers.count(number.substring(1)) > 0;
    }

    /** Returns the largest usable value of a header's lines, each taken whole and then as a list. */
    private static long largest(List<String> lines, Reading reading, long nowMillis) {
        long largest = HeaderNumbers.GARBAGE;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            long value = read(line, 0, line.length(), reading, nowMillis);
            if (value == HeaderNumbers.GARBAGE && line.indexOf(',') >= 0) {
                value = largestOfList(line, reading, nowMillis);
            }
            largest = Math.max(largest, value);
        }
        return largest;
    }

    private static long largestOfList(String line, Reading reading, long nowMillis) {
        long largest = HeaderNumbers.GARBAGE;
        int from = 0;
        while (from <= line.length()) {
            int comma = line.indexOf(',', from);
            int to = comma < 0 ? line.length() : comma;
            largest = Math.max(largest, read(line, from, to, reading, nowMillis));
            from = to + 1;
        }
        return largest;
    }

    private static long read(String text, int from, int to, Reading reading, long nowMillis) {
        return switch (reading) {
            case MILLIS -> HeaderNumbers.number(text, from, to, 1);
            case WAIT -> HeaderNumbers.waitMillis(text, from, to);
            case SECONDS_OR_DATE -> {
                long seconds = HeaderNumbers.number(text, from, to, 1000);
                if (seconds != HeaderNumbers.GARBAGE) {
                    yield seconds;
                }
                long date = HttpDates.parse(text, from, to, nowMillis);
                yield date == HttpDates.NO_DATE ? HeaderNumbers.GARBAGE : Math.max(0, date - nowMillis);
            }
            case WAIT_OR_EPOCH -> waitOrEpoch(text, from, to, nowMillis);
            case TIMESTAMP -> {
                long time = HttpDates.timestamp(text, from, to);
                yield time == HttpDates.NO_DATE || time < nowMillis ? HeaderNumbers.GARBAGE : time - nowMillis;
            }
        };
    }

    private static long waitOrEpoch(String text, int from, int to, long nowMillis) {
        long millis = HeaderNumbers.number(text, from, to, 1000);
        if (millis == HeaderNumbers.GARBAGE) {
            return HeaderNumbers.durationMillis(text, from, to);
        }
        if (millis < FIRST_EPOCH_MILLIS || millis == HeaderNumbers.BEYOND) {
            return millis;
        }
        long whole = HeaderNumbers.number(text, from, to, 1);
        long epoch = whole >= FIRST_EPOCH_IN_MILLIS ? whole : millis;
        return epoch < nowMillis ? HeaderNumbers.GARBAGE : epoch - nowMillis;
    }

    private static List<String> buckets(String prefix, String suffix) {
        return BUCKETS.stream().map(bucket -> prefix + bucket + suffix).toList();
    }

    private static List<String> anthropic(String suffix) {
        return ANTHROPIC_BUCKETS.stream()
                .map(bucket -> "anthropic-ratelimit-" + bucket + suffix)
                .toList();
    }

    private enum Reading {
        MILLIS,
        SECONDS_OR_DATE,
        WAIT_OR_EPOCH,
        WAIT,
        TIMESTAMP
    }
}
