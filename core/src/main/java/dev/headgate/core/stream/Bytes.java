package dev.headgate.core.stream;

import dev.headgate.core.request.JsonText;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing array of bytes that also reads as a buffer. Gives up large arrays when it is emptied. */
final class Bytes {
    private static final byte[] EMPTY = {};
    private static final ByteBuffer EMPTY_VIEW = ByteBuffer.wrap(EMPTY);
    private static final int SMALLEST = 512;

    /** A stream waits for its next event most of the time; what it keeps meanwhile is multiplied by all streams. */
    private static final int LARGEST_KEPT = 4096;

    private byte[] array = EMPTY;
    private ByteBuffer view = EMPTY_VIEW;
    private int size;

    int size() {
        return size;
    }

    byte[] array() {
        return array;
    }

    /** Returns a buffer over the whole array; valid until the next growth. */
    ByteBuffer view() {
        return view;
    }

    void append(ByteBuffer in, int from, int to) {
        ensureRoom(to - from);
        in.get(from, array, size, to - from);
        size += to - from;
    }

    /** Appends the inside of a JSON string, decoded. */
    void appendDecoded(ByteBuffer in, int from, int to) {
        ensureRoom(to - from);
        size = JsonText.decode(in, from, to, array, size);
    }

    void append(byte b) {
        ensureRoom(1);
        array[size++] = b;
    }

    void ensureRoom(int more) {
        if (size + more > array.length) {
            array = Arrays.copyOf(array, Math.max(SMALLEST, Math.max(size + more, array.length * 2)));
            view = ByteBuffer.wrap(array);
        }
    }

    void resize(int bytes) {
        size = bytes;
    }

    void clear() {
        size = 0;
        if (array.length > LARGEST_KEPT) {
            array = EMPTY;
            view = EMPTY_VIEW;
        }
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(array, from, to);
    }
}
