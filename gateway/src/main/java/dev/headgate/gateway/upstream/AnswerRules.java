package dev.headgate.gateway.upstream;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What an answer must look like whatever carries it (gateway.md §10), and words for what is wrong. */
final class AnswerRules {
    /** What is wrong with 101. */
    static final String SWITCHES = "switches protocols unasked";

    /** 100, 102 and 103 before an answer. */
    private static final int MAX_INTERIMS = 8;

    private static final int MAX_FIELDS = 200;

    private AnswerRules() {}

    /** Returns the status that {@code digits} say; throws MalformedAnswer unless it is three digits from 100 to 599. */
    static int status(CharSequence digits) {
        int status = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new MalformedAnswer("status is not a number");
            }
            status = status * 10 + digit;
        }
        if (digits.length() != 3 || status < 100 || status > 599) {
            throw new MalformedAnswer("status outside 100 to 599");
        }
        return status;
    }

    /** Returns what is wrong with the {@code count}th head below 200; null if nothing is. */
    static @Nullable String refusalOfInterim(int status, int count) {
        if (status == 101) {
            return SWITCHES;
        }
        return count > MAX_INTERIMS ? "more than " + MAX_INTERIMS + " interim answers" : null;
    }

    /** Returns what is wrong with a head that was decoded; null if nothing is. */
    static @Nullable String refusalOfHead(HttpHeaders fields) {
        if (fields.size() > MAX_FIELDS) {
            return "more than " + MAX_FIELDS + " header fields";
        }
        String coding = fields.get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip())) {
            return "transfer coding other than chunked";
        }
        return null;
    }

    /** Returns whether {@code cause} is about what came rather than about the connection. */
    static boolean isMalformed(Throwable cause) {
        return cause instanceof DecoderException && !(cause.getCause() instanceof IOException);
    }

    /** Says what happened without repeating what came. */
    static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof MalformedAnswer || root instanceof IOException) {
            return String.valueOf(root.getMessage());
        }
        return "malformed answer (" + root.getClass().getSimpleName() + ")";
    }
}
