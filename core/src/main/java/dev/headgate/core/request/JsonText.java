package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Decodes and encodes the inside of JSON strings.
 *
 * <p>Decoding gives UTF-8 and never more bytes than it reads. Half a surrogate pair is kept as three bytes of its own, so
 * texts can be compared whatever they hold. What is decoded must have passed a {@link JsonCursor}; if it has not, garbage
 * comes out, but nothing is thrown.
 */
public final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** Returns the decoded string in [from, to). */
    public static String decode(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[to - from];
        return new String(bytes, 0, decode(in, from, to, bytes, 0), StandardCharsets.UTF_8);
    }

    /** Decodes [from, to) into {@code target} at {@code offset}, which has room for {@code to - from}; returns the end. */
    public static int decode(ByteBuffer in, int from, int to, byte[] target, int offset) {
        int at = from;
        int out = offset;
        while (at < to) {
            int run = at;
            while (run < to && in.get(run) != '\\') {
                run++;
            }
            in.get(at, target, out, run - at);
            out += run - at;
            at = run;
            if (at < to) {
                int next = characterEnd(in, at, to);
                out = escape(in, at, next, target, out);
                at = next;
            }
        }
        return out;
    }

    /** Returns where the character at {@code at} ends: a byte, a UTF-8 sequence's byte, an escape or a surrogate pair. */
    public static int characterEnd(ByteBuffer in, int at, int to) {
        if (in.get(at) != '\\') {
            return at + 1;
        }
        if (at + 1 < to && in.get(at + 1) != 'u') {
            return at + 2;
        }
        if (at + 12 <= to && isPair(in, at)) {
            return at + 12;
        }
        return Math.min(to, at + 6);
    }

    /** Returns the inside of a JSON string that says {@code text}. */
    public static byte[] encode(String text) {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        return encode(plain, 0, plain.length);
    }

    /** Returns the inside of a JSON string that says the UTF-8 in [from, to). */
    public static byte[] encode(byte[] plain, int from, int to) {
        int size = 0;
        for (int i = from; i < to; i++) {
            size += encodedSize(plain[i]);
        }
        byte[] encoded = new byte[size];
        int out = 0;
        for (int i = from; i < to; i++) {
            out = encode(plain[i], encoded, out);
        }
        return encoded;
    }

    /** Returns the value of four hex digits at {@code at}, −1 if they are none. */
    static int hex(ByteBuffer in, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(in.get(i) & 0xff, 16);
            if (digit < 0) {
                return -1;
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    private static int encodedSize(byte b) {
        if (b == '"' || b == '\\') {
            return 2;
        }
        return b >= 0 && b < ' ' ? 6 : 1;
    }

    private static int encode(byte b, byte[] target, int at) {
        switch (encodedSize(b)) {
            case 1 -> target[at] = b;
            case 2 -> {
                target[at] = '\\';
                target[at + 1] = b;
            }
            default -> {
                target[at] = '\\';
                target[at + 1] = 'u';
                target[at + 2] = '0';
                target[at + 3] = '0';
                target[at + 4] = HEX[b >> 4];
                target[at + 5] = HEX[b & 15];
            }
        }
        return at + encodedSize(b);
    }

    private static boolean isPair(ByteBuffer in, int at) {
        return in.get(at + 1) == 'u'
                && in.get(at + 6) == '\\'
                && in.get(at + 7) == 'u'
                && (hex(in, at + 2) & 0xfffffc00) == Character.MIN_HIGH_SURROGATE
                && (hex(in, at + 8) & 0xfffffc00) == Character.MIN_LOW_SURROGATE;
    }

    private static int escape(ByteBuffer in, int at, int next, byte[] target, int out) {
        if (next - at == 12) {
            int code = Character.toCodePoint((char) hex(in, at + 2), (char) hex(in, at + 8));
            target[out] = (byte) (0xf0 | (code >> 18));
            target[out + 1] = (byte) (0x80 | ((code >> 12) & 0x3f));
            target[out + 2] = (byte) (0x80 | ((code >> 6) & 0x3f));
            target[out + 3] = (byte) (0x80 | (code & 0x3f));
            return out + 4;
        }
        int code = next - at == 6 ? hex(in, at + 2) : simple(in.get(Math.min(at + 1, next - 1)));
        if (code < 0x80) {
            target[out] = (byte) code;
            return out + 1;
        }
        if (code < 0x800) {
            target[out] = (byte) (0xc0 | (code >> 6));
            target[out + 1] = (byte) (0x80 | (code & 0x3f));
            return out + 2;
        }
        target[out] = (byte) (0xe0 | (code >> 12));
        target[out + 1] = (byte) (0x80 | ((code >> 6) & 0x3f));
        target[out + 2] = (byte) (0x80 | (code & 0x3f));
        return out + 3;
    }

    private static int simple(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter & 0x7f;
        };
    }
}
