package dev.headgate.core.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the events of an SSE stream in buffers that split it anywhere, and the lines of {@code data} within one.
 *
 * <p>Lines end with LF, CR or CRLF; a blank line ends the event. The search keeps its place across buffers. A LF whose CR
 * ended the buffer before is taken as the start of the next event. Line ranges hold only if the whole event lies in the
 * buffer: one that was split is put together and {@linkplain #again searched again}.
 */
final class SseFrame {
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final int BOM_BYTES = 3;

    /** Both line ends are below it, and in JSON nothing else is but a tab. */
    private static final long AFTER_LINE_ENDS = 0x0e;

    private boolean isFirst = true;
    private boolean startedAfterCr;
    private boolean afterCr;
    private boolean atLineStart = true;
    private boolean isEventLine;
    private int dataLines;
    private int dataFrom;
    private int dataTo;
    private int nameFrom;
    private int nameTo;
    private boolean hasFields;

    /** Returns the index behind the event that goes on at {@code from}, −1 if it does not end before {@code limit}. */
    int find(ByteBuffer in, int from, int limit) {
        int at = from;
        while (at < limit) {
            if (atLineStart) {
                byte c = in.get(at);
                if (c == '\n' && afterCr) {
                    afterCr = false;
                    at++;
                    continue;
                }
                afterCr = false;
                if (c == '\n' || c == '\r') {
                    return blankLine(in, at, limit);
                }
                atLineStart = false;
                at = startLine(in, at, limit);
            }
            at = lineEnd(in, at, limit);
            if (at == limit) {
                return -1;
            }
            endLine(at);
            afterCr = in.get(at) == '\r';
            atLineStart = true;
            at++;
        }
        return -1;
    }

    /** Begins the next event. */
    void next() {
        isFirst = false;
        startedAfterCr = afterCr;
        clear();
    }

    /** Begins the event that was just found once more. */
    void again() {
        afterCr = startedAfterCr;
        clear();
    }

    /** Returns how many {@code data} lines the event has. */
    int dataLines() {
        return dataLines;
    }

    /** Returns where the first {@code data} line's value begins. */
    int dataFrom() {
        return dataFrom;
    }

    /** Returns where the first {@code data} line's value ends. */
    int dataTo() {
        return dataTo;
    }

    /** Returns whether the event has more than comments. */
    boolean hasFields() {
        return hasFields;
    }

    /** Returns whether the event's name is {@code error}. */
    boolean isNamedError(ByteBuffer in) {
        return nameTo - nameFrom == 5
                && in.get(nameFrom) == 'e'
                && in.get(nameFrom + 1) == 'r'
                && in.get(nameFrom + 2) == 'r'
                && in.get(nameFrom + 3) == 'o'
                && in.get(nameFrom + 4) == 'r';
    }

    /** Copies the values of all {@code data} lines of the event in [from, to), with a LF between; returns the size. */
    static int join(ByteBuffer in, int from, int to, byte[] target) {
        int size = 0;
        int at = from;
        while (at < to) {
            int end = lineEnd(in, at, to);
            if (isField(in, at, end, "data")) {
                if (size > 0) {
                    target[size++] = '\n';
                }
                int value = valueFrom(in, at, end, 4);
                in.get(value, target, size, end - value);
                size += end - value;
            }
            at = end + 1;
        }
        return size;
    }

    private void clear() {
        atLineStart = true;
        dataLines = 0;
        dataFrom = 0;
        dataTo = 0;
        nameFrom = 0;
        nameTo = 0;
        hasFields = false;
        isEventLine = false;
    }

    private int blankLine(ByteBuffer in, int at, int limit) {
        if (in.get(at) == '\n') {
            return at + 1;
        }
        if (at + 1 < limit) {
            return in.get(at + 1) == '\n' ? at + 2 : at + 1;
        }
        afterCr = true;
        return at + 1;
    }

    private int startLine(ByteBuffer in, int from, int limit) {
        int at = from;
        if (isFirst && from + BOM_BYTES <= limit && isBom(in, from)) {
            at += BOM_BYTES;
        }
        isEventLine = false;
        if (at < limit && in.get(at) == ':') {
            return at;
        }
        hasFields = true;
        if (isField(in, at, limit, "data")) {
            if (dataLines++ == 0) {
                dataFrom = valueFrom(in, at, limit, 4);
                dataTo = -1;
            }
        } else if (isField(in, at, limit, "event")) {
            isEventLine = true;
            nameFrom = valueFrom(in, at, limit, 5);
        }
        return at;
    }

    private void endLine(int end) {
        if (dataLines == 1 && dataTo < 0) {
            dataTo = Math.max(end, dataFrom);
        }
        if (isEventLine) {
            nameTo = end;
        }
    }

    private static boolean isBom(ByteBuffer in, int at) {
        return in.get(at) == (byte) 0xef && in.get(at + 1) == (byte) 0xbb && in.get(at + 2) == (byte) 0xbf;
    }

    private static boolean isField(ByteBuffer in, int at, int limit, String name) {
        int end = at + name.length();
        if (end > limit) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (in.get(at + i) != name.charAt(i)) {
                return false;
            }
        }
        return end == limit || in.get(end) == ':' || in.get(end) == '\n' || in.get(end) == '\r';
    }

    private static int valueFrom(ByteBuffer in, int at, int limit, int nameLength) {
        int value = at + nameLength;
        if (value < limit && in.get(value) == ':') {
            value++;
            return value < limit && in.get(value) == ' ' ? value + 1 : value;
        }
        return value;
    }

    /** Returns the index of the next LF or CR, {@code limit} if there is none. */
    private static int lineEnd(ByteBuffer in, int from, int limit) {
        boolean isLittleEndian = in.order() == ByteOrder.LITTLE_ENDIAN;
        int at = from;
        while (at + Long.BYTES <= limit) {
            long word = isLittleEndian ? in.getLong(at) : Long.reverseBytes(in.getLong(at));
            long low = (word - ONES * AFTER_LINE_ENDS) & ~word & HIGHS;
            if (low == 0) {
                at += Long.BYTES;
                continue;
            }
            at += Long.numberOfTrailingZeros(low) >>> 3; // exact: a borrow marks bytes above only
            if (isLineEnd(in.get(at))) {
                return at;
            }
            at++;
        }
        while (at < limit && !isLineEnd(in.get(at))) {
            at++;
        }
        return at;
    }

    private static boolean isLineEnd(byte c) {
        return c == '\n' || c == '\r';
    }
}
