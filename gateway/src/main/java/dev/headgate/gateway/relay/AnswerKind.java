package dev.headgate.gateway.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the head of an answer says about its body. */
final class AnswerKind {
    /** A longer JSON document is not held until its end (gateway.md §9). */
    static final int SHORT_JSON_BYTES = 1 << 20;

    private static final int MAX_DIGITS = 18;

    private AnswerKind() {}

    static boolean isEventStream(HttpHeaders headers) {
        return isType(headers.get(HttpHeaderNames.CONTENT_TYPE), "text/event-stream");
    }

    static boolean isJson(HttpHeaders headers) {
        return isType(headers.get(HttpHeaderNames.CONTENT_TYPE), "application/json");
    }

    /** Returns whether it is JSON that is, or may yet turn out to be, short enough to be held. */
    static boolean isShortJson(HttpHeaders headers) {
        return isJson(headers) && length(headers) <= SHORT_JSON_BYTES;
    }

    private static long length(HttpHeaders headers) {
        String text = headers.get(HttpHeaderNames.CONTENT_LENGTH);
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

    /** Returns the coding of the body in lower case, empty if there is none. */
    static String coding(HttpHeaders headers) {
        String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        return coding == null ? "" : coding.strip().toLowerCase(Locale.ROOT);
    }
}
