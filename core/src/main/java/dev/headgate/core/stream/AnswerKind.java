package dev.headgate.core.stream;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the head of an answer says about its body. Every method takes a field's value as it came, null without one. */
public final class AnswerKind {
    /** A longer JSON document is not held until its end (gateway.md §9). */
    public static final int SHORT_JSON_BYTES = 1 << 20;

    private static final int MAX_DIGITS = 18;

    private AnswerKind() {}

    /** Returns whether a {@code content-type} is that of server-sent events. */
    public static boolean isEventStream(@Nullable String contentType) {
        return isType(contentType, "text/event-stream");
    }

    /** Returns whether a {@code content-type} is that of a JSON document. */
    public static boolean isJson(@Nullable String contentType) {
        return isType(contentType, "application/json");
    }

    /** Returns whether it is JSON that is, or may yet turn out to be, short enough to be held. */
    public static boolean isShortJson(@Nullable String contentType, @Nullable String contentLength) {
        return isJson(contentType) && length(contentLength) <= SHORT_JSON_BYTES;
    }

    private static long length(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > MAX_DIGITS) {
            return text == null ? 0 : Long.MAX_VALUE;
        }
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            length = length * 10 + (text.charAt(i) - '0');
        }
        return length;
    }

    private static boolean isType(@Nullable String contentType, String wanted) {
        if (contentType == null || !contentType.regionMatches(true, 0, wanted, 0, wanted.length())) {
            return false;
        }
        return contentType.length() == wanted.length() || " ;\t".indexOf(contentType.charAt(wanted.length())) >= 0;
    }

    /** Returns the coding that a {@code content-encoding} names, in lower case; empty if there is none. */
    public static String coding(@Nullable String contentEncoding) {
        return contentEncoding == null ? "" : contentEncoding.strip().toLowerCase(Locale.ROOT);
    }
}
