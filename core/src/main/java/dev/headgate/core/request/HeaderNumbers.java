package dev.headgate.core.request;

/**
 * Reads the numbers and durations that providers write into headers and messages (gateway.md §5).
 *
 * <p>A number is optional blanks, an optional {@code +}, ASCII digits with an optional fraction, optional blanks; a
 * duration is one or more of number and unit, as {@code 1h2m3.5s}. Anything else is {@link #GARBAGE}: negative values,
 * exponents, other digits, the empty text. More than 15 digits before the point, or a value that does not fit, is
 * {@link #BEYOND}. Results are rounded up. Nothing is allocated and nothing is thrown.
 */
public final class HeaderNumbers {
    /** What is not a number or duration reads as. */
    public static final long GARBAGE = -1;

    /** What is longer than any cap reads as. */
    public static final long BEYOND = Long.MAX_VALUE;

    private static final int MAX_DIGITS = 15;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private HeaderNumbers() {}

    /** Returns a number as a count, rounded up; {@link #GARBAGE} or {@link #BEYOND} as the class says. */
    public static long count(String text) {
        return number(text, 0, text.length(), 1);
    }

    /** Returns a number times {@code unit}, rounded up: {@code unit} 1000 reads seconds as milliseconds. */
    public static long number(String text, long unit) {
        return number(text, 0, text.length(), unit);
    }

    /** Returns the number in [from, to) times {@code unit}, rounded up. */
    public static long number(String text, int from, int to, long unit) {
        int start = skipBlanks(text, from, to);
        int end = to;
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        if (start < end && text.charAt(start) == '+') {
            start++;
        }
        int stop = numberEnd(text, start, end);
        return stop == end ? scaled(text, start, end, unit) : GARBAGE;
    }

    /** Returns a duration in milliseconds. */
    public static long durationMillis(String text) {
        return durationMillis(text, 0, text.length());
    }

    /** Returns the duration in [from, to) in milliseconds. */
    public static long durationMillis(String text, int from, int to) {
        int at = skipBlanks(text, from, to);
        int end = to;
        while (end > at && isBlank(text.charAt(end - 1))) {
            end--;
        }
        if (at == end) {
            return GARBAGE;
        }
        long nanos = 0;
        while (at < end) {
            int numberEnd = numberEnd(text, at, end);
            int unitEnd = unitEnd(text, numberEnd, end);
            long unit = unitNanos(text, numberEnd, unitEnd);
            if (unit == 0) {
                return GARBAGE;
            }
            long part = scaled(text, at, numberEnd, unit);
            if (part == GARBAGE) {
                return GARBAGE;
            }
            nanos = plus(nanos, part);
            at = unitEnd;
        }
        return nanos == BEYOND ? BEYOND : (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    /** Returns a wait in milliseconds that is written as a duration, or as a number of seconds. */
    public static long waitMillis(String text) {
        return waitMillis(text, 0, text.length());
    }

    /** Returns the wait in [from, to) in milliseconds: a duration, or a number of seconds. */
    public static long waitMillis(String text, int from, int to) {
        long seconds = number(text, from, to, 1000);
        return seconds == GARBAGE ? durationMillis(text, from, to) : seconds;
    }

    /** Returns where the digits and the fraction that begin at {@code from} end. */
    static int numberEnd(String text, int from, int to) {
        int at = digitsEnd(text, from, to);
        if (at < to && text.charAt(at) == '.') {
            int end = digitsEnd(text, at + 1, to);
            return end > at + 1 ? end : at;
        }
        return at;
    }

    /** Returns the digits and fraction in [from, to) times {@code unit}, rounded up. */
    static long scaled(String text, int from, int to, long unit) {
        if (from >= to) {
            return GARBAGE;
        }
        long whole = 0;
        int digits = 0;
        int at = from;
        while (at < to && text.charAt(at) != '.') {
            int digit = text.charAt(at++) - '0';
            if (digits > 0 || digit > 0) {
                digits++;
            }
            if (digits > MAX_DIGITS) {
                return BEYOND;
            }
            whole = whole * 10 + digit;
        }
        return plus(times(whole, unit), fraction(text, at + 1, to, unit));
    }

    private static long fraction(String text, int from, int to, long unit) {
        long value = 0;
        long place = unit;
        boolean isMore = false;
        for (int at = from; at < to; at++) {
            int digit = text.charAt(at) - '0';
            if (place % 10 == 0) {
                place /= 10;
                value += digit * place;
            } else {
                place = 1; // below the precision that is kept: any digit rounds up
                isMore |= digit > 0;
            }
        }
        return isMore ? value + 1 : value;
    }

    private static int digitsEnd(String text, int from, int to) {
        int at = from;
        while (at < to && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static int unitEnd(String text, int from, int to) {
        int at = from;
        while (at < to && text.charAt(at) != '.' && (text.charAt(at) < '0' || text.charAt(at) > '9')) {
            at++;
        }
        return at;
    }

    /** Returns the nanoseconds of the unit in [from, to), 0 if it is none. */
    static long unitNanos(String text, int from, int to) {
        if (to - from == 1) {
            return switch (text.charAt(from)) {
                case 'h' -> 3_600_000_000_000L;
                case 'm' -> 60_000_000_000L;
                case 's' -> 1_000_000_000L;
                default -> 0;
            };
        }
        if (to - from != 2 || text.charAt(from + 1) != 's') {
            return 0;
        }
        return switch (text.charAt(from)) {
            case 'm' -> NANOS_PER_MILLI;
            case 'u', '\u00b5', '\u03bc' -> 1_000;
            case 'n' -> 1;
            default -> 0;
        };
    }

    private static int skipBlanks(String text, int from, int to) {
        int at = from;
        while (at < to && isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static long times(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? BEYOND : a * b;
    }

    private static long plus(long a, long b) {
        return a + b < 0 ? BEYOND : a + b;
    }
}
