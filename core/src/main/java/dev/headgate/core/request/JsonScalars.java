package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the scalars of a JSON text in a buffer: strings eight bytes at a time, numbers and literals to the letter.
 *
 * <p>The three masks of a word mark a byte that is a quote, a backslash or a control character. A borrow can mark bytes
 * above the first such byte too, never below, so with the first byte lowest the lowest mark is exact.
 */
abstract class JsonScalars {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;

    ByteBuffer in = NOTHING;
    int at;
    int end;
    boolean failed;
    int stringFrom;
    int stringTo;
    boolean stringIsEscaped;
    private boolean isLittleEndian;

    JsonScalars() {}

    /** Begins at {@code from}. */
    final void begin(ByteBuffer buffer, int from, int to) {
        in = buffer;
        isLittleEndian = buffer.order() == ByteOrder.LITTLE_ENDIAN;
        at = from;
        end = to;
        failed = false;
    }

    /** Lets go of the buffer; every question is answered with no. */
    public final void release() {
        begin(NOTHING, 0, 0);
    }

    /** Reads the string at {@code at}, which is a quote. */
    final boolean readString() {
        int from = ++at;
        boolean isEscaped = false;
        while (true) {
            at = specialFrom(at);
            if (at >= end) {
                return fail();
            }
            byte c = in.get(at);
            if (c == '"') {
                stringFrom = from;
                stringTo = at++;
                stringIsEscaped = isEscaped;
                return true;
            }
            if (c == '\\') {
                isEscaped = true;
                if (!escape()) {
                    return false;
                }
            } else if (isSpecial(c)) {
                return fail();
            }
        }
    }

    /** Returns the index of the next quote, backslash or control character, {@code end} if there is none. */
    private int specialFrom(int from) {
        int i = from;
        while (i + Long.BYTES <= end) {
            long word = isLittleEndian ? in.getLong(i) : Long.reverseBytes(in.getLong(i));
            long quote = word ^ ONES * '"';
            long slash = word ^ ONES * '\\';
            long found =
                    (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((word - ONES * ' ') & ~word)) & HIGHS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
            i += Long.BYTES;
        }
        while (i < end && !isSpecial(in.get(i))) {
            i++;
        }
        return i;
    }

    private static boolean isSpecial(byte c) {
        return c == '"' || c == '\\' || (c >= 0 && c < ' ');
    }

    private boolean escape() {
        if (at + 1 >= end) {
            return fail();
        }
        switch (in.get(at + 1)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at += 2;
            case 'u' -> {
                if (at + 6 > end || JsonText.hex(in, at + 2) < 0) {
                    return fail();
                }
                at += 6;
            }
            default -> {
                return fail();
            }
        }
        return true;
    }

    /** Reads a literal. */
    final void literal(String word) {
        if (at + word.length() > end) {
            fail();
            return;
        }
        for (int i = 0; i < word.length(); i++) {
            if (in.get(at + i) != word.charAt(i)) {
                fail();
                return;
            }
        }
        at += word.length();
    }

    /** Reads a number, or fails. */
    final void number() {
        if (at < end && in.get(at) == '-') {
            at++;
        }
        int from = at;
        if (!digits() || (in.get(from) == '0' && at > from + 1)) {
            fail();
            return;
        }
        if (at < end && in.get(at) == '.') {
            at++;
            if (!digits()) {
                fail();
                return;
            }
        }
        if (at < end && (in.get(at) | 0x20) == 'e') {
            at++;
            if (at < end && (in.get(at) == '+' || in.get(at) == '-')) {
                at++;
            }
            if (!digits()) {
                fail();
            }
        }
    }

    private boolean digits() {
        int from = at;
        while (at < end && in.get(at) >= '0' && in.get(at) <= '9') {
            at++;
        }
        return at > from;
    }

    /** Returns whether nothing but zeros is between {@code from} and here. */
    final boolean isZeros(int from) {
        for (int i = from; i < at; i++) {
            if (in.get(i) != '0') {
                return false;
            }
        }
        return true;
    }

    /** Says that it is not JSON. */
    final boolean fail() {
        failed = true;
        return false;
    }
}
