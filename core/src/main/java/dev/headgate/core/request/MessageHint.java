package dev.headgate.core.request;

/** Reads a wait out of the text of an error: "try again in 6m0s", "retry after 12 seconds" (gateway.md §5, row 6). */
final class MessageHint {
    private static final String[] PHRASES = {"try again in", "retry after"};

    /** The error's first 4 KiB count; a message is a sentence, and what is longer quotes something. */
    private static final int MAX_CHARS = 4096;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private MessageHint() {}

    /** Returns the first wait the message names, in milliseconds rounded up, or {@link HeaderNumbers#GARBAGE}. */
    static long millis(String message) {
        int length = Math.min(message.length(), MAX_CHARS);
        for (int at = 0; at < length; at++) {
            for (String phrase : PHRASES) {
                if (message.regionMatches(true, at, phrase, 0, phrase.length())) {
                    long millis = wait(message, at + phrase.length(), length);
                    if (millis != HeaderNumbers.GARBAGE) {
                        return millis;
                    }
                }
            }
        }
        return HeaderNumbers.GARBAGE;
    }

    private static long wait(String text, int from, int to) {
        int at = skipBlanks(text, from, to);
        if (at == from) {
            return HeaderNumbers.GARBAGE;
        }
        long nanos = HeaderNumbers.GARBAGE;
        while (at < to && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            int numberEnd = HeaderNumbers.numberEnd(text, at, to);
            int unitFrom = skipBlanks(text, numberEnd, to);
            int unitTo = wordEnd(text, unitFrom, to);
            long part = HeaderNumbers.scaled(text, at, numberEnd, unit(text, unitFrom, unitTo));
            if (part == HeaderNumbers.GARBAGE || unit(text, unitFrom, unitTo) == 0) {
                break;
            }
            nanos = Math.max(nanos, 0) + part < 0 ? HeaderNumbers.BEYOND : Math.max(nanos, 0) + part;
            at = unitTo;
        }
        if (nanos == HeaderNumbers.GARBAGE || nanos == HeaderNumbers.BEYOND) {
            return nanos;
        }
        return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    private static long unit(String text, int from, int to) {
        if (is("second", text, from, to) || is("seconds", text, from, to)) {
            return 1_000_000_000L;
        }
        if (is("minute", text, from, to) || is("minutes", text, from, to)) {
            return 60_000_000_000L;
        }
        return HeaderNumbers.unitNanos(text, from, to);
    }

    private static boolean is(String word, String text, int from, int to) {
        return to - from == word.length() && text.regionMatches(true, from, word, 0, word.length());
    }

    private static int skipBlanks(String text, int from, int to) {
        int at = from;
        while (at < to && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    private static int wordEnd(String text, int from, int to) {
        int at = from;
        while (at < to && Character.isLetter(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
