package dev.headgate.core.request;

import java.time.LocalDate;
import java.time.Year;

/**
 * Reads points in time as HTTP and JSON write them: the three forms of RFC 9110 §5.6.7 and RFC 3339.
 *
 * <p>Written by hand because what cannot be read is common here and must cost neither an exception nor a formatter.
 * Names are read without regard to case; the day of the week is not checked against the date.
 */
final class HttpDates {
    /** What is not a date reads as. */
    static final long NO_DATE = Long.MIN_VALUE;

    private static final String DAYS = "monday tuesday wednesday thursday friday saturday sunday ";
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
    private static final long MILLIS_PER_DAY = 86_400_000;

    /** A two-digit year that would be further ahead than this is of the century before. */
    private static final int YEARS_AHEAD = 50;

    private final String text;
    private final int to;
    private int at;
    private boolean failed;

    private HttpDates(String text, int from, int to) {
        this.text = text;
        this.at = from;
        this.to = to;
        skipBlanks();
    }

    /** Returns the date in [from, to) in milliseconds since 1970, or {@link #NO_DATE}. */
    static long parse(String text, int from, int to, long nowMillis) {
        return new HttpDates(text, from, to).httpDate(nowMillis);
    }

    /** Returns the RFC 3339 time in [from, to) in milliseconds since 1970, rounded up, or {@link #NO_DATE}. */
    static long timestamp(String text, int from, int to) {
        return new HttpDates(text, from, to).timestamp();
    }

    private long httpDate(long nowMillis) {
        dayName();
        if (at < to && text.charAt(at) == ',') {
            at++;
            skipBlanks();
            int day = digits(2, 2);
            boolean hasDashes = at < to && text.charAt(at) == '-';
            expect(hasDashes ? '-' : ' ');
            int month = month();
            expect(hasDashes ? '-' : ' ');
            int year = hasDashes ? century(digits(2, 2), nowMillis) : digits(4, 4);
            expect(' ');
            long time = time();
            expect(' ');
            zone();
            return millis(year, month, day, time);
        }
        expect(' ');
        int month = month();
        expect(' ');
        skipBlanks();
        int day = digits(1, 2);
        expect(' ');
        long time = time();
        expect(' ');
        return millis(digits(4, 4), month, day, time);
    }

    private long timestamp() {
        int year = digits(4, 4);
        expect('-');
        int month = digits(2, 2);
        expect('-');
        int day = digits(2, 2);
        if (at < to && (text.charAt(at) == 'T' || text.charAt(at) == 't' || text.charAt(at) == ' ')) {
            at++;
        } else {
            failed = true;
        }
        long time = time() + fractionMillis();
        return millis(year, month, day, time - offsetMillis());
    }

    private long fractionMillis() {
        if (at >= to || text.charAt(at) != '.') {
            return 0;
        }
        int end = HeaderNumbers.numberEnd(text, at, to);
        failed |= end == at;
        long millis = HeaderNumbers.scaled(text, at, end, 1000);
        at = end;
        return Math.max(0, millis);
    }

    private long offsetMillis() {
        if (at < to && (text.charAt(at) == 'Z' || text.charAt(at) == 'z')) {
            at++;
            return 0;
        }
        int sign = at < to && text.charAt(at) == '-' ? -1 : 1;
        failed |= at >= to || (sign > 0 && text.charAt(at) != '+');
        at++;
        int hours = digits(2, 2);
        expect(':');
        int minutes = digits(2, 2);
        failed |= hours > 23 || minutes > 59;
        return sign * (hours * 60L + minutes) * 60_000;
    }

    /** Reads hh:mm:ss; the 60th second of a leap minute counts as the next minute. */
    private long time() {
        int hours = digits(2, 2);
        expect(':');
        int minutes = digits(2, 2);
        expect(':');
        int seconds = digits(2, 2);
        failed |= hours > 23 || minutes > 59 || seconds > 60;
        return ((hours * 60L + minutes) * 60 + seconds) * 1000;
    }

    private void dayName() {
        int from = at;
        while (at < to && Character.isLetter(text.charAt(at))) {
            at++;
        }
        int length = at - from;
        for (int day = 0; day < DAYS.length(); day = DAYS.indexOf(' ', day) + 1) {
            boolean isWhole = length == DAYS.indexOf(' ', day) - day;
            if ((length == 3 || isWhole) && text.regionMatches(true, from, DAYS, day, length)) {
                return;
            }
        }
        failed = true;
    }

    private int month() {
        for (int month = 0; month < 12 && at + 3 <= to; month++) {
            if (text.regionMatches(true, at, MONTHS, month * 3, 3)) {
                at += 3;
                return month + 1;
            }
        }
        failed = true;
        return 1;
    }

    private void zone() {
        boolean isKnown = at + 3 <= to
                && (text.regionMatches(true, at, "GMT", 0, 3) || text.regionMatches(true, at, "UTC", 0, 3));
        if (isKnown) {
            at += 3;
        } else if (at + 5 <= to && text.startsWith("+0000", at)) {
            at += 5;
        } else {
            failed = true;
        }
    }

    private int digits(int min, int max) {
        int value = 0;
        int count = 0;
        while (count < max && at < to && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            value = value * 10 + text.charAt(at++) - '0';
            count++;
        }
        failed |= count < min;
        return value;
    }

    private void expect(char c) {
        if (at < to && text.charAt(at) == c) {
            at++;
        } else {
            failed = true;
        }
    }

    private void skipBlanks() {
        while (at < to && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private static int century(int twoDigits, long nowMillis) {
        int now = LocalDate.ofEpochDay(Math.floorDiv(nowMillis, MILLIS_PER_DAY)).getYear();
        int year = now - Math.floorMod(now, 100) + twoDigits;
        if (year > now + YEARS_AHEAD) {
            return year - 100;
        }
        return year + 100 <= now + YEARS_AHEAD ? year + 100 : year;
    }

    private long millis(int year, int month, int day, long timeMillis) {
        skipBlanks();
        if (failed || at < to || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) {
            return NO_DATE;
        }
        return LocalDate.of(year, month, day).toEpochDay() * MILLIS_PER_DAY + timeMillis;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> Year.isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }
}
