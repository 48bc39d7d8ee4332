package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a JSON text in a buffer and checks it, without building anything.
 *
 * <p>The walker enters objects and arrays, asks for one key or element after the other, and reads or skips each value;
 * what is skipped is checked as well, save that bytes within strings need not be UTF-8. Strings are passed eight bytes at
 * a time. Once something is not JSON, or nests deeper than {@link #MAX_DEPTH}, {@link #failed} stays true and every
 * question is answered with no. Reusable, not thread-safe, allocates nothing but the strings that are asked for.
 */
public final class JsonCursor extends JsonScalars {
    /** How deep values may nest; parsers of other houses stop near this as well. */
    public static final int MAX_DEPTH = 512;

    private static final int END = -1;

    private int depth;
    private boolean justEntered;

    /** Begins at {@code from}; the text ends at {@code to}. Both are absolute indices. */
    public void reset(ByteBuffer buffer, int from, int to) {
        begin(buffer, from, to);
        depth = 0;
        justEntered = false;
    }

    /** Returns whether something was not JSON. */
    public boolean failed() {
        return failed;
    }

    /** Returns the index of the next byte to be read. */
    public int index() {
        return at;
    }

    /** Returns whether nothing but blanks is left and all was JSON. */
    public boolean isAtEnd() {
        return !failed && peek() == END;
    }

    /** Returns the next byte that is not blank, −1 at the end or after a failure. */
    public int peek() {
        if (failed) {
            return END;
        }
        while (at < end) {
            int c = in.get(at);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c & 0xff;
            }
            at++;
        }
        return END;
    }

    /** Enters the object that comes next; false, and nothing is read, if something else comes. */
    public boolean enterObject() {
        return enter('{');
    }

    /** Enters the array that comes next; false, and nothing is read, if something else comes. */
    public boolean enterArray() {
        return enter('[');
    }

    /** Goes to the value of the next key; false behind the object's end. */
    public boolean nextKey() {
        if (!nextItem('}')) {
            return false;
        }
        if (peek() != '"') {
            return fail();
        }
        if (!readString()) {
            return false;
        }
        if (peek() != ':') {
            return fail();
        }
        at++;
        return true;
    }

    /** Goes to the next element; false behind the array's end. */
    public boolean nextElement() {
        return nextItem(']');
    }

    /** Returns whether the last string or key read is {@code name}, ASCII; escapes are seen through. */
    public boolean stringIs(byte[] name) {
        if (stringIsEscaped) {
            return string().equals(new String(name, StandardCharsets.US_ASCII));
        }
        return stringTo - stringFrom == name.length && isAt(stringFrom, name);
    }

    /** Returns whether the last string read begins with {@code prefix}; escapes are not seen through. */
    public boolean stringStartsWith(byte[] prefix) {
        return stringTo - stringFrom >= prefix.length && isAt(stringFrom, prefix);
    }

    /** Returns whether the last string read ends with {@code suffix}; escapes are not seen through. */
    public boolean stringEndsWith(byte[] suffix) {
        return stringTo - stringFrom >= suffix.length && isAt(stringTo - suffix.length, suffix);
    }

    /** Reads the string that comes next; false, and nothing is read, if something else comes. */
    public boolean enterString() {
        return peek() == '"' && readString();
    }

    /** Returns where the last string or key begins, behind its quote. */
    public int stringFrom() {
        return stringFrom;
    }

    /** Returns how many bytes the last string or key has as it stands. */
    public int stringLength() {
        return stringTo - stringFrom;
    }

    /** Returns where the last string or key ends, before its quote. */
    public int stringTo() {
        return stringTo;
    }

    /** Returns whether the last string or key has escapes. */
    public boolean stringIsEscaped() {
        return stringIsEscaped;
    }

    /** Returns the last string or key, decoded. */
    public String string() {
        return JsonText.decode(in, stringFrom, stringTo);
    }

    /** Reads a string, or skips what else comes and returns null. */
    public @Nullable String stringOrSkip() {
        if (enterString()) {
            return string();
        }
        skip();
        return null;
    }

    /** Reads a whole number ≥ 0, or skips what else comes and returns {@code otherwise}. Large numbers saturate. */
    public long countOrSkip(long otherwise) {
        int first = peek();
        int from = at;
        skip();
        if (failed || first < '0' || first > '9') {
            return otherwise;
        }
        long value = 0;
        for (int i = from; i < at; i++) {
            int digit = in.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return in.get(i) == '.' && isZeros(i + 1) ? value : otherwise;
            }
            value = value > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE - 9 : value * 10 + digit;
        }
        return value;
    }

    /** Reads a literal and returns whether it is {@code true}; anything else is skipped and false. */
    public boolean trueOrSkip() {
        boolean isTrue = peek() == 't';
        skip();
        return isTrue && !failed;
    }

    /** Passes over the value that comes next, and checks it. */
    public void skip() {
        switch (peek()) {
            case '"' -> readString();
            case '{' -> {
                enterObject();
                while (nextKey()) {
                    skip();
                }
            }
            case '[' -> {
                enterArray();
                while (nextElement()) {
                    skip();
                }
            }
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        }
    }

    private boolean isAt(int index, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (in.get(index + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean enter(char opening) {
        if (peek() != opening) {
            return false;
        }
        if (++depth > MAX_DEPTH) {
            return fail();
        }
        at++;
        justEntered = true;
        return true;
    }

    private boolean nextItem(char closing) {
        int c = peek();
        if (c == closing) {
            at++;
            depth--;
            justEntered = false;
            return false;
        }
        if (!justEntered) {
            if (c != ',') {
                return fail();
            }
            at++;
            if (peek() == closing) {
                return fail();
            }
        }
        justEntered = false;
        return c != END || fail();
    }
}
