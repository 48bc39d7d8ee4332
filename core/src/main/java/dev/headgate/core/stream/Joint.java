package dev.headgate.core.stream;

import dev.headgate.core.request.JsonText;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Joins the stream of a recovery to what the caller has: suppresses what it has, cuts the event in which the new text
 * begins, and gives every event the identity of the first stream.
 *
 * <p>An event is rewritten by leaving out ranges of its bytes, so whatever else a provider put into it survives.
 */
final class Joint {
    private static final int MAX_EDITS = EventScan.MAX_PIECES + 1;
    private static final int LONGEST_CHARACTER = 12; // a pair of surrogates, escaped

    private final StreamDelivery delivery;
    private final int total;
    private final Bytes decoded = new Bytes();
    private final byte[] character = new byte[LONGEST_CHARACTER];
    private final int[] editFrom = new int[MAX_EDITS];
    private final int[] editTo = new int[MAX_EDITS];
    private int edits;
    private int idEdit;
    private int matched;
    private byte channel;
    private boolean isJoined;

    private Joint(StreamDelivery delivery, int matched) {
        this.delivery = delivery;
        this.matched = matched;
        total = delivery.textBytes();
        channel = delivery.family() == StreamFamily.CHAT ? EventScan.CONTENT : EventScan.TEXT;
    }

    /** Compares from the beginning. */
    static Joint replaying(StreamDelivery delivery) {
        return new Joint(delivery, 0);
    }

    /** Goes on at the end. */
    static Joint continuing(StreamDelivery delivery) {
        return new Joint(delivery, delivery.textBytes());
    }

    /** Returns whether everything the caller has has come once more. */
    boolean isBehind() {
        return matched == total;
    }

    /** Says what becomes of an event, and takes note of the text that goes out. */
    Fate fate(EventScan scan, ByteBuffer data) {
        edits = 0;
        idEdit = -1;
        boolean ends = scan.finished != 0 || scan.type == EventType.BLOCK_STOP || scan.type == EventType.END;
        boolean isOther = scan.hasOther || (scan.isToken && scan.pieces == 0);
        boolean hasNew = false;
        for (int i = 0; i < scan.pieces; i++) {
            int from = isBehind() ? scan.pieceFrom(i) : newFrom(scan, i, data);
            if (from < 0) {
                return Fate.DIVERGES;
            }
            if (from > scan.pieceFrom(i)) {
                edit(scan.pieceFrom(i), from);
            }
            if (from < scan.pieceTo(i)) {
                hasNew = true;
                delivery.delivered(scan.pieceChannel(i), data, from, scan.pieceTo(i));
            }
        }
        if ((!isBehind() && (ends || isOther)) || scan.highestChoice > 0) {
            return Fate.DIVERGES;
        }
        if (isOther || scan.type == EventType.BLOCK_STOP) {
            delivery.giveUp();
        }
        boolean isOpening = (scan.hasRole && !scan.isToken) || scan.type == EventType.START;
        if (!(hasNew || ends || (isOther && scan.isToken) || (isJoined && !isOpening))) {
            return Fate.SUPPRESSED;
        }
        isJoined = true;
        editId(scan);
        return Fate.PASSES;
    }

    /** Sends the event with the edits of its fate. */
    void emit(RawEvent event, Outlet outlet, StreamOutput out) {
        ByteBuffer in = event.in();
        byte[] id = delivery.firstId();
        int at = event.from();
        for (int i = 0; i < edits; i++) {
            outlet.emit(in, at, editFrom[i], out);
            at = editTo[i];
            if (i == idEdit && id != null) {
                outlet.emit(id, out);
            }
        }
        outlet.emit(in, at, event.to(), out);
    }

    /** Returns whether the event must be rewritten. */
    boolean rewrites() {
        return edits > 0;
    }

    /** Returns where the new part of a text begins, its end if there is none, −1 if it departs from what the caller has. */
    private int newFrom(EventScan scan, int piece, ByteBuffer data) {
        int from = scan.pieceFrom(piece);
        int to = scan.pieceTo(piece);
        byte pieceChannel = scan.pieceChannel(piece);
        decoded.clear();
        StreamDelivery.append(decoded, channel, pieceChannel, data, from, to);
        int mark = channel == pieceChannel ? 0 : 1;
        channel = pieceChannel;
        int same = Math.min(decoded.size(), total - matched);
        if (!Arrays.equals(decoded.array(), 0, same, delivery.textArray(), matched, matched + same)) {
            return -1;
        }
        matched += same;
        return same == decoded.size() ? to : rawEnd(data, from, to, same - mark);
    }

    /** Returns where the characters end that make up {@code bytes} when decoded, −1 if one is split. */
    private int rawEnd(ByteBuffer data, int from, int to, int bytes) {
        int at = from;
        int left = bytes;
        while (left > 0) {
            int next = JsonText.characterEnd(data, at, to);
            left -= JsonText.decode(data, at, next, character, 0);
            at = next;
        }
        return left == 0 ? at : -1;
    }

    private void editId(EventScan scan) {
        if (delivery.firstId() == null || scan.idTo == scan.idFrom) {
            return;
        }
        int at = edits;
        while (at > 0 && editFrom[at - 1] > scan.idFrom) {
            editFrom[at] = editFrom[at - 1];
            editTo[at] = editTo[at - 1];
            at--;
        }
        editFrom[at] = scan.idFrom;
        editTo[at] = scan.idTo;
        idEdit = at;
        edits++;
    }

    private void edit(int from, int to) {
        editFrom[edits] = from;
        editTo[edits++] = to;
    }

    /** What becomes of an event. */
    enum Fate {
        /** The caller has it. */
        SUPPRESSED,
        /** It goes out, with the edits. */
        PASSES,
        /** It contradicts what the caller has. */
        DIVERGES
    }
}
