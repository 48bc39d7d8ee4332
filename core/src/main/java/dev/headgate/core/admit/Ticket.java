package dev.headgate.core.admit;

import dev.headgate.core.request.InferenceRequest;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One wait of one request in a {@link WaitingRoom}.
 *
 * <p>A ticket leaves the room once: granted, or cancelled. It is granted at most once and never after it was cancelled.
 * Confined to the owner of the room.
 */
public class Ticket {
    private final InferenceRequest request;
    private final Tenant tenant;
    private final long sequence;
    private final long arrivedNanos;
    private State state = State.WAITING;
    private int overtaken;
    private Set<String> avoided = Set.of();

    final WaitingRoom room;

    @Nullable
    LabelQueue queue;

    @Nullable
    Ticket previous;

    @Nullable
    Ticket next;

    /**
     * Creates a ticket that is not in the room yet.
     *
     * @param sequence its place among equals; a request that waits again keeps its first one
     * @param arrivedNanos when the request arrived
     */
    protected Ticket(WaitingRoom room, InferenceRequest request, long sequence, long arrivedNanos) {
        this.room = room;
        this.request = request;
        this.tenant = room.tenant(request.tenant());
        this.sequence = sequence;
        this.arrivedNanos = arrivedNanos;
    }

    /** Returns what is asked. */
    public final InferenceRequest request() {
        return request;
    }

    /** Returns who asks. */
    public final Tenant tenant() {
        return tenant;
    }

    /** Returns its place in the order of arrival. */
    public final long sequence() {
        return sequence;
    }

    /** Returns when the request arrived. */
    public final long arrivedNanos() {
        return arrivedNanos;
    }

    /** Returns whether it waits, was granted or was cancelled. */
    public final State state() {
        return state;
    }

    /** Returns how many later tasks ran while this one was first in order. */
    public final int overtaken() {
        return overtaken;
    }

    /** Counts a later task that ran while this one was first in order. */
    public final void countOvertaking() {
        overtaken++;
    }

    /** Keeps it away from the worker {@code process} that was lost with an attempt, while another one will do. */
    public final void avoid(String process) {
        Set<String> all = new HashSet<>(avoided);
        all.add(process);
        avoided = all;
    }

    /** Avoids what {@code before} did, the ticket of an earlier wait of the same request. */
    public final void avoidLike(Ticket before) {
        avoided = before.avoided;
    }

    /** Returns whether it should rather not run on the worker {@code process}. */
    public final boolean avoids(String process) {
        return avoided.contains(process);
    }

    /** Takes it out of the room to be served; returns false if it no longer waits. */
    public final boolean grant() {
        return leave(State.GRANTED);
    }

    /** Takes it out of the room for good; returns false if it no longer waits. */
    public final boolean cancel() {
        return leave(State.CANCELLED);
    }

    private boolean leave(State as) {
        if (state != State.WAITING) {
            return false;
        }
        state = as;
        room.remove(this);
        return true;
    }

    /** Where a ticket stands. */
    public enum State {
        /** In the room, or about to enter it. */
        WAITING,
        /** Left to be served. */
        GRANTED,
        /** Left for good. */
        CANCELLED
    }
}
