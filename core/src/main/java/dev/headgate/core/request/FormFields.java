package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the parts of a {@code multipart/form-data} body (RFC 7578) without copying them.
 *
 * <p>Files are tens of megabytes, so delimiters are found by Horspool's search, which looks at one byte in about as many
 * as the delimiter has. What is malformed ends the walk.
 */
final class FormFields {
    private static final String TYPE = "multipart/form-data";
    private static final String BOUNDARY = "boundary=";
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    /** RFC 2046 allows 70 characters. */
    private static final int MAX_BOUNDARY = 200;

    /** The longest head of a part that is looked at. */
    private static final int MAX_HEAD_BYTES = 8192;

    private final ByteBuffer in;
    private final byte[] delimiter;
    private final byte[] shifts = new byte[256];
    private int at;
    private String head = "";
    private int valueFrom;
    private int valueTo;

    FormFields(ByteBuffer body, @Nullable String contentType) {
        in = body;
        String boundary = boundary(contentType == null ? "" : contentType);
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(shifts, (byte) Math.min(delimiter.length, Byte.MAX_VALUE));
        for (int i = 0; i < delimiter.length - 1; i++) {
            shifts[delimiter[i] & 0xff] = (byte) Math.min(delimiter.length - 1 - i, Byte.MAX_VALUE);
        }
        boolean isUsable = !boundary.isEmpty() && boundary.length() <= MAX_BOUNDARY;
        at = isUsable ? afterFirstDelimiter() : -1;
    }

    static boolean isForm(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, TYPE, 0, TYPE.length());
    }

    /** Goes to the next part; false behind the last. */
    boolean next() {
        if (at < 0 || at + 2 > in.limit() || in.get(at) != '\r' || in.get(at + 1) != '\n') {
            return false;
        }
        int headFrom = at + 2;
        int headTo = headEnd(headFrom);
        int end = headTo < 0 ? -1 : find(headTo + 2);
        if (end < 0) {
            return false;
        }
        byte[] bytes = new byte[headTo - headFrom];
        in.get(headFrom, bytes);
        head = new String(bytes, StandardCharsets.UTF_8);
        valueFrom = headTo + HEAD_END.length;
        valueTo = Math.max(end, valueFrom);
        at = end + delimiter.length;
        return true;
    }

    /** Returns whether the part is the field {@code name}, and not a file. */
    boolean nameIs(String name) {
        String lower = head.toLowerCase(Locale.ROOT);
        int disposition = lower.indexOf("content-disposition:");
        if (disposition < 0 || lower.contains("filename=") || lower.contains("filename*=")) {
            return false;
        }
        return head.contains(" name=\"" + name + "\"")
                || head.contains(";name=\"" + name + "\"")
                || lower.endsWith(" name=" + name)
                || lower.contains(" name=" + name + "\r\n")
                || lower.contains(" name=" + name + ";");
    }

    int valueFrom() {
        return valueFrom;
    }

    int valueTo() {
        return valueTo;
    }

    private int afterFirstDelimiter() {
        int from = in.position();
        int length = delimiter.length - 2;
        if (from + length <= in.limit() && matches(from - 2, 2)) {
            return from + length;
        }
        int found = find(from);
        return found < 0 ? -1 : found + delimiter.length;
    }

    private int headEnd(int from) {
        int limit = Math.min(in.limit(), from + MAX_HEAD_BYTES) - HEAD_END.length;
        for (int i = from; i <= limit; i++) {
            if (in.get(i) == '\r' && in.get(i + 1) == '\n' && in.get(i + 2) == '\r' && in.get(i + 3) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private int find(int from) {
        int last = delimiter.length - 1;
        int i = from;
        while (i + last < in.limit()) {
            byte c = in.get(i + last);
            if (c == delimiter[last] && matches(i, 0)) {
                return i;
            }
            i += shifts[c & 0xff];
        }
        return -1;
    }

    private boolean matches(int from, int skip) {
        for (int i = skip; i < delimiter.length; i++) {
            if (in.get(from + i) != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    private static String boundary(String contentType) {
        int found = contentType.toLowerCase(Locale.ROOT).indexOf(BOUNDARY);
        if (found < 0) {
            return "";
        }
        int from = found + BOUNDARY.length();
        if (from < contentType.length() && contentType.charAt(from) == '"') {
            int quote = contentType.indexOf('"', from + 1);
            return quote < 0 ? "" : contentType.substring(from + 1, quote);
        }
        int end = contentType.indexOf(';', from);
        return contentType.substring(from, end < 0 ? contentType.length() : end).strip();
    }
}
