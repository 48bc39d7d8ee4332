package dev.headgate.core.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of one event, and of its data. Refilled for every event of a stream; holds only while it is read. */
final class RawEvent {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Bytes joined = new Bytes();
    private ByteBuffer in = NOTHING;
    private int from;
    private int to;
    private ByteBuffer data = NOTHING;
    private int dataFrom;
    private int dataTo;
    private boolean isNamedError;

    /** Takes the event in [from, to) that {@code frame} has just found; data of several lines is put together. */
    void take(ByteBuffer buffer, int eventFrom, int eventTo, SseFrame frame) {
        in = buffer;
        from = eventFrom;
        to = eventTo;
        isNamedError = frame.isNamedError(buffer);
        if (frame.dataLines() <= 1) {
            data = buffer;
            dataFrom = frame.dataFrom();
            dataTo = frame.dataTo();
            return;
        }
        joined.clear();
        joined.ensureRoom(eventTo - eventFrom);
        dataFrom = 0;
        dataTo = SseFrame.join(buffer, eventFrom, eventTo, joined.array());
        data = joined.view();
    }

    /** Lets go of the buffer. */
    void release() {
        in = NOTHING;
        data = NOTHING;
        joined.clear();
    }

    ByteBuffer in() {
        return in;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    int bytes() {
        return to - from;
    }

    ByteBuffer data() {
        return data;
    }

    int dataFrom() {
        return dataFrom;
    }

    int dataTo() {
        return dataTo;
    }

    /** Returns whether its name is {@code error}. */
    boolean isNamedError() {
        return isNamedError;
    }

    /** Returns whether the data stands in the event as it is, so that ranges of one are ranges of the other. */
    boolean isOneLine() {
        return data == in;
    }

    /** Returns whether it is the end mark of the completions APIs. */
    boolean isDone() {
        int end = dataTo;
        while (end > dataFrom && data.get(end - 1) == ' ') {
            end--;
        }
        if (end - dataFrom != DONE.length) {
            return false;
        }
        for (int i = 0; i < DONE.length; i++) {
            if (data.get(dataFrom + i) != DONE[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the data begins as a JSON object does. */
    boolean beginsAsObject() {
        int at = dataFrom;
        while (at < dataTo && data.get(at) <= ' ' && data.get(at) >= 0) {
            at++;
        }
        return at < dataTo && data.get(at) == '{';
    }
}
