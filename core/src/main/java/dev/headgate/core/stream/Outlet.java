package dev.headgate.core.stream;

import java.nio.ByteBuffer;

/**
 * The way out of a reader: what is held, the part of an event that has come, and the range of the current buffer that is
 * about to be forwarded. Neighbouring events leave as one range; the order of bytes is never changed.
 */
final class Outlet {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Bytes pending = new Bytes(); // held events, then the part of an event that has come
    private int heldBytes;
    private int heldEvents;
    private ByteBuffer input = NOTHING;
    private int runFrom;
    private int runTo;

    /** Begins to read a buffer. */
    void begin(ByteBuffer buffer) {
        input = buffer;
        runFrom = buffer.position();
        runTo = runFrom;
    }

    /** Lets go of the buffer. */
    void end(StreamOutput out) {
        flush(out);
        input = NOTHING;
    }

    /** Returns whether a part of an event has come. */
    boolean hasPart() {
        return pending.size() > heldBytes;
    }

    /** Returns how many bytes of it. */
    int partBytes() {
        return pending.size() - heldBytes;
    }

    /** Returns where it begins within {@link #view}. */
    int partFrom() {
        return heldBytes;
    }

    /** Returns where it ends. */
    int partTo() {
        return pending.size();
    }

    /** Returns a buffer with the part; valid until more is kept. */
    ByteBuffer view() {
        return pending.view();
    }

    /** Keeps [from, to) as part of an event. */
    void keep(ByteBuffer in, int from, int to) {
        pending.append(in, from, to);
    }

    /** Ends a part with a blank line that the upstream left out. */
    void keepBlankLine() {
        pending.append((byte) '\n');
        pending.append((byte) '\n');
    }

    /** Forgets the part; all of what was kept, once nothing is held. */
    void dropPart() {
        pending.resize(heldBytes);
        if (heldBytes == 0) {
            pending.clear();
        }
    }

    /** Forgets everything. */
    void clear() {
        heldBytes = 0;
        pending.clear();
    }

    /** Returns whether another event of this size may be held. */
    boolean canHold(int bytes) {
        return heldEvents < StreamReader.MAX_HELD_EVENTS && heldBytes + bytes <= StreamReader.MAX_HELD_BYTES;
    }

    /** Holds the event in [from, to) of the current buffer, or the part. */
    void hold(ByteBuffer in, int from, int to) {
        heldEvents++;
        if (in == input) {
            pending.append(in, from, to);
        }
        heldBytes += to - from;
    }

    /** Sends what is held. The part, if there is one, stays. */
    void releaseHeld(StreamOutput out) {
        int held = heldBytes;
        if (held == 0) {
            return;
        }
        out.send(pending.array(), 0, held);
        if (pending.size() == held) {
            clear();
        }
    }

    /** Sends [from, to) of the current buffer, or of what is kept. */
    void emit(ByteBuffer in, int from, int to, StreamOutput out) {
        if (from == to) {
            return;
        }
        if (in != input) {
            flush(out);
            out.send(pending.array(), from, to);
        } else if (from == runTo) {
            runTo = to;
        } else {
            flush(out);
            runFrom = from;
            runTo = to;
        }
    }

    /** Sends bytes of our own. */
    void emit(byte[] bytes, StreamOutput out) {
        flush(out);
        out.send(bytes, 0, bytes.length);
    }

    private void flush(StreamOutput out) {
        if (runTo > runFrom) {
            out.forward(runFrom, runTo);
        }
        runFrom = runTo;
    }
}
