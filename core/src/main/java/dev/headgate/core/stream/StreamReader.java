package dev.headgate.core.stream;

import dev.headgate.core.request.UpstreamError;
import dev.headgate.core.request.Usage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one attempt's SSE stream and decides which of its bytes reach the caller, and when (gateway.md §9).
 *
 * <p>Only whole events are released, unchanged and in order. Those that lie whole in a buffer go out as ranges of it,
 * neighbours as one range; what is held, and an event split between buffers, is copied. Until the first token everything
 * is held, so another backend can take over unseen. Confined to one thread; nothing is allocated per event.
 */
public final class StreamReader {
    /** What precedes the first token is a role and some metadata; a stream with more of it is released unseen. */
    static final int MAX_HELD_EVENTS = 64;

    static final int MAX_HELD_BYTES = 256 * 1024;

    /** The largest event; a stream with a larger one counts as cut. */
    static final int MAX_EVENT_BYTES = 8 * 1024 * 1024;

    private final SseFrame frame = new SseFrame();
    private final RawEvent event = new RawEvent();
    private final Outlet outlet = new Outlet();
    private final EventGate gate;
    private boolean sawMoreThanComments;

    private StreamReader(StreamDelivery delivery, @Nullable Joint joint, boolean isEager) {
        gate = new EventGate(delivery, joint, isEager, outlet);
    }

    /** Returns a reader that holds what comes until the first token. */
    public static StreamReader holding(StreamDelivery delivery) {
        return new StreamReader(delivery, null, false);
    }

    /** Returns a reader that releases every event as it comes: for requests that may not fail over. */
    public static StreamReader eager(StreamDelivery delivery) {
        return new StreamReader(delivery, null, true);
    }

    /** Returns a reader that suppresses what the caller has and goes on after it. */
    public static StreamReader replaying(StreamDelivery delivery) {
        return new StreamReader(delivery, Joint.replaying(delivery), false);
    }

    /** Returns a reader that appends to what the caller has. */
    public static StreamReader continuing(StreamDelivery delivery) {
        return new StreamReader(delivery, Joint.continuing(delivery), false);
    }

    /**
     * Reads what came, position to limit, and releases what may be. Copies what is not released, so the buffer may be
     * reused once the forwarded ranges are written; neither position nor limit change. Never throws on what an upstream
     * sends.
     *
     * @return where it stands; once {@linkplain StreamState#isFinal final}, further bytes are ignored
     */
    public StreamState read(ByteBuffer input, StreamOutput out) {
        sawMoreThanComments = false;
        if (state().isFinal()) {
            return state();
        }
        int at = input.position();
        int limit = input.limit();
        outlet.begin(input);
        if (outlet.hasPart()) {
            int end = frame.find(input, at, limit);
            if (end >= 0) {
                outlet.keep(input, at, end);
                at = end;
                readPart(out);
            }
        }
        while (at < limit && !outlet.hasPart() && !state().isFinal()) {
            int end = frame.find(input, at, limit);
            if (end < 0) {
                break;
            }
            readEvent(input, at, end, out);
            at = end;
        }
        if (at < limit && !state().isFinal()) {
            keep(input, at, limit, out);
        }
        outlet.end(out);
        return settled();
    }

    /** The upstream's body ended as HTTP wants it. */
    public StreamState ended(StreamOutput out) {
        readTail(out);
        gate.ended(out);
        return settled();
    }

    /** The connection broke, or the edge gave up: nothing more will come. */
    public StreamState broke(StreamOutput out) {
        readTail(out);
        gate.cut(out);
        return settled();
    }

    /** One second of silence passed in {@link StreamState#AWAITING_END}: ends the answer for the upstream. */
    public StreamState silent(StreamOutput out) {
        gate.finish(out);
        return settled();
    }

    /** Returns where it stands. */
    public StreamState state() {
        return gate.state();
    }

    /** Returns how many token events came, suppressed ones included; the first ends the time to first token. */
    public long tokenEvents() {
        return gate.tokenEvents();
    }

    /** Returns whether the last {@link #read} had more than comments: only then the idle time begins anew. */
    public boolean sawMoreThanComments() {
        return sawMoreThanComments;
    }

    /** Returns how many damaged events were dropped. */
    public int droppedEvents() {
        return gate.droppedEvents();
    }

    /** Returns the usage this attempt reported, {@link Usage#NONE} if it did not. */
    public Usage usage() {
        return gate.usage();
    }

    /** Returns the error event that ended it, {@link UpstreamError#NONE} without one. */
    public UpstreamError error() {
        return gate.error();
    }

    /** Reads the event that came in parts and is whole now. */
    private void readPart(StreamOutput out) {
        frame.again();
        int end = frame.find(outlet.view(), outlet.partFrom(), outlet.partTo());
        readEvent(outlet.view(), outlet.partFrom(), end, out);
        if (state() == StreamState.HOLDING) {
            outlet.dropPart();
        } else {
            outlet.clear();
        }
    }

    /** Reads what came of an event when nothing more will: many servers leave out the last blank line. */
    private void readTail(StreamOutput out) {
        if (state().isFinal() || !outlet.hasPart()) {
            return;
        }
        int to = outlet.partTo();
        outlet.keepBlankLine();
        frame.again();
        int end = frame.find(outlet.view(), outlet.partFrom(), outlet.partTo());
        event.take(outlet.view(), outlet.partFrom(), end, frame);
        boolean isOurs = !gate.isUnknown() && frame.dataLines() > 0;
        if (isOurs && gate.isWhole(event)) {
            readPart(out);
            return;
        }
        if (!isOurs && state() != StreamState.HOLDING) {
            outlet.emit(outlet.view(), outlet.partFrom(), to, out);
        }
        outlet.dropPart();
    }

    private void keep(ByteBuffer input, int from, int to, StreamOutput out) {
        if (outlet.partBytes() + to - from > MAX_EVENT_BYTES) {
            gate.cut(out);
            return;
        }
        outlet.keep(input, from, to);
        byte first = outlet.view().get(outlet.partFrom());
        sawMoreThanComments |= first != ':' && first != '\n' && first != '\r';
    }

    private void readEvent(ByteBuffer in, int from, int to, StreamOutput out) {
        sawMoreThanComments |= frame.hasFields();
        event.take(in, from, to, frame);
        if (frame.dataLines() == 0) {
            gate.pass(event, out);
        } else {
            gate.read(event, out);
        }
        frame.next();
    }

    private StreamState settled() {
        gate.release();
        event.release();
        if (state().isFinal()) {
            outlet.clear();
        }
        return state();
    }
}
