package dev.headgate.core.stream;

import dev.headgate.core.pool.Backend.Prefill;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of one call has of its stream, whatever attempts it came from. Written by the one reader that has
 * committed; confined to one thread.
 *
 * <p>The text is kept, decoded, for as long as a recovery is possible. A byte that UTF-8 does not use marks where it
 * changes the channel, as from reasoning to answer, so one comparison covers both.
 */
public final class StreamDelivery {
    /** An error event larger than this is not worth repeating to the caller. */
    private static final int MAX_ERROR_BYTES = 65_536;

    /** 0xf8 to 0xff never occur in UTF-8. */
    private static final int CHANNEL_MARK = 0xf8;

    private static final byte[] ERROR_NAME = "event: error\n".getBytes(StandardCharsets.US_ASCII);

    private final StreamFamily family;
    private final int choices;
    private final int maxTextBytes;
    private final Bytes text = new Bytes();
    private byte channel;
    private boolean hasMarks;
    private boolean isCommitted;
    private boolean isFinished;
    private boolean isUnrecoverable;
    private byte @Nullable [] firstId;
    private byte @Nullable [] upstreamError;

    /**
     * Nothing is delivered yet.
     *
     * @param choices asked for, ≥ 1
     * @param maxTextBytes delivered text up to which a recovery is possible; 0 keeps no text
     */
    public StreamDelivery(StreamFamily family, int choices, int maxTextBytes) {
        this.family = family;
        this.choices = choices;
        this.maxTextBytes = maxTextBytes;
        channel = family == StreamFamily.CHAT ? EventScan.CONTENT : EventScan.TEXT;
        isUnrecoverable =
                maxTextBytes == 0 || choices != 1 || family == StreamFamily.RESPONSES || family == StreamFamily.UNKNOWN;
    }

    /** Returns whose events they are. */
    public StreamFamily family() {
        return family;
    }

    /** Returns whether bytes of the answer have been released. */
    public boolean isCommitted() {
        return isCommitted;
    }

    /** Returns whether a {@linkplain StreamReader#replaying replay} can save it: one choice, text only, not too much. */
    public boolean canReplay() {
        return !isUnrecoverable && !isFinished;
    }

    /** Returns whether a {@linkplain StreamReader#continuing continuation} can save it: also, no reasoning. */
    public boolean canContinue() {
        return canReplay() && family != StreamFamily.COMPLETIONS && !hasMarks && text.size() > 0;
    }

    /**
     * Returns the body that asks a backend to go on after what the caller has, empty if that cannot be done.
     *
     * @param body the attempt's body, its model already replaced; position to limit, not changed
     */
    public Optional<byte[]> continuation(ByteBuffer body, Prefill prefill) {
        return canContinue() ? Continuation.of(body, text.array(), text.size(), prefill) : Optional.empty();
    }

    /**
     * Returns the text of the answer as the caller has it, UTF-8, without reasoning; empty if it is not kept, or the answer
     * is more than a text.
     */
    public byte[] answerText() {
        boolean isAnswer = channel == EventScan.CONTENT || channel == EventScan.TEXT;
        if (isUnrecoverable || !isAnswer) {
            return new byte[0];
        }
        int from = text.size();
        while (from > 0 && (text.array()[from - 1] & 0xff) < CHANNEL_MARK) {
            from--;
        }
        return text.copy(from, text.size());
    }

    /**
     * Sends the in-band error that ends a stream nothing could save: the upstream's own error event if it sent one, else
     * ours with {@code message}. The edge then ends the answer cleanly, without an end mark.
     */
    public void interrupt(String message, StreamOutput out) {
        byte[] event = upstreamError != null ? upstreamError : InBandError.event(family, message);
        out.send(event, 0, event.length);
    }

    int choices() {
        return choices;
    }

    boolean keepsText() {
        return !isUnrecoverable;
    }

    int textBytes() {
        return text.size();
    }

    byte[] textArray() {
        return text.array();
    }

    byte @Nullable [] firstId() {
        return firstId;
    }

    void commit(byte @Nullable [] id) {
        isCommitted = true;
        upstreamError = null; // of an attempt that the caller has not seen
        firstId = firstId == null ? id : firstId;
    }

    void finish() {
        isFinished = true;
    }

    /** Takes note of an event that goes out as it is. */
    void delivered(EventScan scan, ByteBuffer data) {
        if (isUnrecoverable) {
            return;
        }
        boolean isOther = (scan.isToken && scan.pieces == 0) || scan.hasOther || scan.highestChoice > 0;
        if (isOther || scan.type == EventType.BLOCK_STOP) {
            giveUp();
            return;
        }
        for (int i = 0; i < scan.pieces; i++) {
            delivered(scan.pieceChannel(i), data, scan.pieceFrom(i), scan.pieceTo(i));
        }
    }

    /** Takes note of a text that goes out. */
    void delivered(byte textChannel, ByteBuffer data, int from, int to) {
        if (isUnrecoverable) {
            return;
        }
        if (text.size() + to - from > maxTextBytes) {
            giveUp();
            return;
        }
        hasMarks |= textChannel != channel;
        append(text, channel, textChannel, data, from, to);
        channel = textChannel;
    }

    /** Appends a text as it is kept: decoded, behind a mark if the channel changes. */
    static void append(Bytes target, byte before, byte after, ByteBuffer data, int from, int to) {
        if (before != after) {
            target.append((byte) (CHANNEL_MARK + after));
        }
        target.appendDecoded(data, from, to);
    }

    void giveUp() {
        isUnrecoverable = true;
        text.clear();
    }

    /** Keeps an error event, with the name that clients look for. */
    void failedWith(RawEvent event) {
        if (event.bytes() > MAX_ERROR_BYTES) {
            return;
        }
        int prefix = event.isNamedError() ? 0 : ERROR_NAME.length;
        byte[] kept = new byte[prefix + event.bytes()];
        System.arraycopy(ERROR_NAME, 0, kept, 0, prefix);
        event.in().get(event.from(), kept, prefix, event.bytes());
        upstreamError = kept;
    }
}
