package dev.headgate.core.stream;

import dev.headgate.core.request.UpstreamError;
import dev.headgate.core.request.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of each event of an attempt: whether it commits, ends, breaks or recovers the answer. */
final class EventGate {
    private static final byte[] DONE_EVENT = ascii("data: [DONE]\n\n");
    private static final byte[] MESSAGE_STOP_EVENT =
            ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

    private final StreamDelivery delivery;
    private StreamFamily family; // becomes unknown if the first data is foreign to it
    private final @Nullable Joint joint;
    private final boolean isEager;
    private final Outlet outlet;
    private final EventScan scan = new EventScan();
    private final long allChoices;
    private StreamState state = StreamState.HOLDING;
    private byte @Nullable [] id;
    private long finishedChoices;
    private long promptTokens;
    private long cachedTokens = -1;
    private long completionTokens;
    private long tokenEvents;
    private int droppedEvents;
    private UpstreamError error = UpstreamError.NONE;

    EventGate(StreamDelivery delivery, @Nullable Joint joint, boolean isEager, Outlet outlet) {
        this.delivery = delivery;
        this.family = delivery.family();
        this.joint = joint;
        this.isEager = isEager;
        this.outlet = outlet;
        allChoices = delivery.choices() >= Long.SIZE ? -1L : (1L << delivery.choices()) - 1;
    }

    StreamState state() {
        return state;
    }

    long tokenEvents() {
        return tokenEvents;
    }

    int droppedEvents() {
        return droppedEvents;
    }

    Usage usage() {
        return promptTokens == 0 && completionTokens == 0
                ? Usage.NONE
                : new Usage(promptTokens, completionTokens, cachedTokens);
    }

    UpstreamError error() {
        return error;
    }

    /** Returns whether events are of a schema that nothing is known of. */
    boolean isUnknown() {
        return family == StreamFamily.UNKNOWN;
    }

    /** Reads an event that has data. */
    void read(RawEvent event, StreamOutput out) {
        if (isUnknown()) {
            readUnknown(event, out);
        } else if (event.isDone()) {
            readDone(event, out);
        } else if (!scan.read(event.data(), event.dataFrom(), event.dataTo())) {
            readDamaged(event, out);
        } else {
            promptTokens = Math.max(promptTokens, scan.promptTokens);
            completionTokens = Math.max(completionTokens, scan.completionTokens);
            cachedTokens = Math.max(cachedTokens, scan.cachedTokens);
            boolean failsUnheard = scan.type == EventType.FAILED && state == StreamState.HOLDING;
            if (scan.isError || failsUnheard || event.isNamedError()) {
                readError(event, out);
            } else if (scan.isForeign && state == StreamState.HOLDING && joint == null) {
                family = StreamFamily.UNKNOWN;
                delivery.giveUp();
                readUnknown(event, out);
            } else {
                readSound(event, out);
            }
        }
    }

    /** Returns whether the data is all there: the end mark, or JSON. */
    boolean isWhole(RawEvent event) {
        return event.isDone() || scan.read(event.data(), event.dataFrom(), event.dataTo());
    }

    /** Lets an event through that is no reason to commit: comments, metadata. */
    void pass(RawEvent event, StreamOutput out) {
        if (state != StreamState.HOLDING) {
            emit(event, out);
        } else if (joint == null && !isEager && outlet.canHold(event.bytes())) {
            outlet.hold(event.in(), event.from(), event.to());
        } else if (joint == null && commits(out)) {
            emit(event, out);
        }
    }

    /** Ends the answer for an upstream that said its last word but not that it was the last. */
    void finish(StreamOutput out) {
        if (state != StreamState.AWAITING_END) {
            return;
        }
        switch (family) {
            case CHAT, COMPLETIONS -> outlet.emit(DONE_EVENT, out);
            case MESSAGES -> outlet.emit(MESSAGE_STOP_EVENT, out);
            case RESPONSES, UNKNOWN -> {}
        }
        complete();
    }

    /** Nothing that is of use will come any more. */
    void cut(StreamOutput out) {
        finish(out);
        if (!state.isFinal()) {
            state = StreamState.CUT;
        }
    }

    /** The body ended as HTTP wants it, which is all that is known of an unknown schema's end. */
    void ended(StreamOutput out) {
        if (!state.isFinal() && isUnknown() && commits(out)) {
            complete();
        }
        cut(out);
    }

    /** Lets go of the buffer. */
    void release() {
        scan.release();
    }

    private void readSound(RawEvent event, StreamOutput out) {
        if (scan.isToken) {
            tokenEvents++;
        }
        rememberId(event);
        if (joint != null) {
            readRecovered(joint, event, out);
        } else if (!scan.isToken && scan.finished == 0 && !isEnd()) {
            pass(event, out);
        } else if (commits(out)) {
            emit(event, out);
            delivery.delivered(scan, event.data());
        }
        if (!state.isFinal()) {
            advance();
        }
    }

    private void readRecovered(Joint with, RawEvent event, StreamOutput out) {
        Joint.Fate fate = with.fate(scan, event.data());
        boolean passes = fate == Joint.Fate.PASSES;
        if (fate == Joint.Fate.DIVERGES || (passes && with.rewrites() && !event.isOneLine())) {
            state = StreamState.DIVERGED;
        } else if (passes && commits(out)) {
            with.emit(event, outlet, out);
        }
    }

    private void readUnknown(RawEvent event, StreamOutput out) {
        boolean isFirst = state == StreamState.HOLDING;
        boolean isError = event.isNamedError()
                || (isFirst && scan.read(event.data(), event.dataFrom(), event.dataTo()) && scan.isError);
        if (isFirst && isError) {
            readError(event, out);
        } else if (commits(out)) {
            tokenEvents++;
            emit(event, out);
        }
    }

    private void readDone(RawEvent event, StreamOutput out) {
        if (joint != null && !joint.isBehind()) {
            state = StreamState.DIVERGED;
        } else if (commits(out)) {
            emit(event, out);
            complete();
        }
    }

    /** An object that is damaged may have held text; anything else is noise. */
    private void readDamaged(RawEvent event, StreamOutput out) {
        if (event.beginsAsObject()) {
            cut(out);
        } else {
            droppedEvents++;
        }
    }

    private void readError(RawEvent event, StreamOutput out) {
        finish(out);
        if (state.isFinal()) {
            return;
        }
        error = UpstreamError.read(event.data(), event.dataFrom(), event.dataTo());
        delivery.failedWith(event);
        state = StreamState.ERROR_EVENT;
    }

    private boolean commits(StreamOutput out) {
        if (state != StreamState.HOLDING) {
            return true;
        }
        if (!out.commit()) {
            state = StreamState.DROPPED;
            return false;
        }
        state = StreamState.FLOWING;
        delivery.commit(id);
        outlet.releaseHeld(out);
        return true;
    }

    private void emit(RawEvent event, StreamOutput out) {
        outlet.emit(event.in(), event.from(), event.to(), out);
    }

    /** The first id is what every later chunk must carry, should another backend go on. */
    private void rememberId(RawEvent event) {
        if (id == null && scan.idTo > scan.idFrom && delivery.keepsText()) {
            byte[] bytes = new byte[scan.idTo - scan.idFrom];
            event.data().get(scan.idFrom, bytes);
            id = bytes;
        }
    }

    private void advance() {
        finishedChoices |= scan.finished;
        if (isEnd()) {
            complete();
        } else if ((finishedChoices & allChoices) == allChoices) {
            state = StreamState.AWAITING_END;
            delivery.finish();
        }
    }

    private void complete() {
        state = StreamState.COMPLETE;
        delivery.finish();
    }

    private boolean isEnd() {
        return scan.type == EventType.END || scan.type == EventType.FAILED;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
