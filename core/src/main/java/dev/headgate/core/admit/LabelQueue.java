package dev.headgate.core.admit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that wait for one label.
 *
 * <p>Kept as one list per priority and tenant, each in order of arrival, so that the first of all is found by looking at
 * the heads. Adding and removing cost O(1), but for a ticket that waits again: it walks past those that arrived before
 * it. Confined to the owner of the room.
 */
public final class LabelQueue {
    private final String label;
    private final long originNanos;
    private final List<Lane> lanes = new ArrayList<>(1);
    private int size;
    private double arrivedSum; // of arrivals counted from the room's origin, so that sums stay exact enough

    LabelQueue(String label, long originNanos) {
        this.label = label;
        this.originNanos = originNanos;
    }

    /** Returns the label. */
    public String label() {
        return label;
    }

    /** Returns how many wait. */
    public int size() {
        return size;
    }

    /** Returns the first in order, null if nobody waits. */
    public @Nullable Ticket first() {
        Ticket best = null;
        for (int i = 0; i < lanes.size(); i++) {
            Ticket head = lanes.get(i).head;
            if (head != null && (best == null || WaitingRoom.inOrder(head, best) < 0)) {
                best = head;
            }
        }
        return best;
    }

    /** Returns the sum over all that wait of the nanoseconds since their arrival. */
    public double totalWaitNanos(long nowNanos) {
        return (double) size * (nowNanos - originNanos) - arrivedSum;
    }

    void add(Ticket ticket) {
        laneOf(ticket).insert(ticket);
        ticket.queue = this;
        size++;
        arrivedSum += ticket.arrivedNanos() - originNanos;
    }

    void remove(Ticket ticket) {
        laneOf(ticket).unlink(ticket);
        ticket.queue = null;
        size--;
        arrivedSum = size == 0 ? 0 : arrivedSum - (ticket.arrivedNanos() - originNanos);
    }

    private Lane laneOf(Ticket ticket) {
        int priority = ticket.request().priority();
        for (Lane lane : lanes) {
            if (lane.priority == priority && lane.tenant == ticket.tenant()) {
                return lane;
            }
        }
        lanes.removeIf(lane -> lane.head == null);
        Lane lane = new Lane(priority, ticket.tenant());
        lanes.add(lane);
        return lane;
    }

    private static final class Lane {
        private final int priority;
        private final Tenant tenant;
        private @Nullable Ticket head;
        private @Nullable Ticket tail;

        private Lane(int priority, Tenant tenant) {
            this.priority = priority;
            this.tenant = tenant;
        }

        /** Inserts by sequence. New tickets belong at the tail; only one that waits again walks, from the front. */
        private void insert(Ticket ticket) {
            Ticket before = tail;
            if (before != null && before.sequence() > ticket.sequence()) {
                before = null;
                for (Ticket t = head; t != null && t.sequence() < ticket.sequence(); t = t.next) {
                    before = t;
                }
            }
            Ticket after = before == null ? head : before.next;
            ticket.previous = before;
            ticket.next = after;
            if (before == null) {
                head = ticket;
            } else {
                before.next = ticket;
            }
            if (after == null) {
                tail = ticket;
            } else {
                after.previous = ticket;
            }
        }

        private void unlink(Ticket ticket) {
            Ticket before = ticket.previous;
            Ticket after = ticket.next;
            if (before == null) {
                head = after;
            } else {
                before.next = after;
            }
            if (after == null) {
                tail = before;
            } else {
                after.previous = before;
            }
            ticket.previous = null;
            ticket.next = null;
        }
    }
}
