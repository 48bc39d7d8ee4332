package dev.headgate.core.stream;

import dev.headgate.core.request.JsonCursor;
import java.nio.ByteBuffer;

/**
 * The last event of a stream that carried one text, as a form that the next one may fill in.
 *
 * <p>From event to event of an answer usually nothing differs but the text. An event that has the same bytes before and
 * behind it, and between them the inside of a JSON string, reads the same but for the range of its text, and comparing is
 * several times cheaper than reading. Whatever does not fit is read.
 */
final class EventTemplate {
    /** More than surrounds a text in any known API; what is longer is read each time. */
    private static final int MAX_BYTES = 2048;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer form = NOTHING; // what precedes the text, with its quote, and what follows it
    private int head; // 0 = nothing is learned
    private int tail;
    private EventType type = EventType.PLAIN;
    private byte channel;
    private boolean hasOther;
    private boolean hasRole;
    private int highestChoice;
    private int idFrom; // from the event's begin
    private int idTo;

    /** Learns from an event in [from, to) that {@code scan} has just read, if others may look like it. */
    void learn(EventScan scan, ByteBuffer in, int from, int to) {
        head = 0;
        if (!scan.carriesOneText() || scan.idTo > scan.pieceFrom(0)) {
            return;
        }
        int before = scan.pieceFrom(0) - from;
        tail = to - scan.pieceTo(0);
        if (before + tail > MAX_BYTES) {
            return;
        }
        if (form.capacity() < before + tail) {
            form = ByteBuffer.allocate(before + tail);
        }
        in.get(from, form.array(), 0, before);
        in.get(scan.pieceTo(0), form.array(), before, tail);
        head = before;
        type = scan.type;
        channel = scan.pieceChannel(0);
        hasOther = scan.hasOther;
        hasRole = scan.hasRole;
        highestChoice = scan.highestChoice;
        idFrom = scan.idTo > 0 ? scan.idFrom - from : 0;
        idTo = scan.idTo > 0 ? scan.idTo - from : 0;
    }

    /** Returns whether the event in [from, to) fits; if so {@code json} has just read its text. */
    boolean fits(ByteBuffer in, int from, int to, JsonCursor json) {
        int text = from + head;
        if (head == 0 || to - text <= tail) {
            return false;
        }
        if (form.order() != in.order()) {
            form.order(in.order());
        }
        if (!isSame(in, from, 0, head)) {
            return false;
        }
        json.reset(in, text - 1, to);
        return json.enterString()
                && json.stringTo() > text
                && to - json.stringTo() == tail
                && isSame(in, json.stringTo(), head, tail);
    }

    /** Tells {@code scan}, which is cleared, what the event that begins at {@code from} and fits means. */
    void recall(EventScan scan, int from, JsonCursor json) {
        scan.type = type;
        scan.isToken = true;
        scan.hasOther = hasOther;
        scan.hasRole = hasRole;
        scan.highestChoice = highestChoice;
        scan.idFrom = idTo > 0 ? from + idFrom : 0;
        scan.idTo = idTo > 0 ? from + idTo : 0;
        scan.addPiece(json.stringFrom(), json.stringTo(), channel);
    }

    private boolean isSame(ByteBuffer in, int at, int formAt, int length) {
        int i = 0;
        while (i + Long.BYTES <= length) {
            if (in.getLong(at + i) != form.getLong(formAt + i)) {
                return false;
            }
            i += Long.BYTES;
        }
        while (i < length && in.get(at + i) == form.get(formAt + i)) {
            i++;
        }
        return i == length;
    }
}
