package dev.headgate.core.admit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait to be bound, by label.
 *
 * <p>The order is: priority (higher first), then tenants by smallest service received ÷ weight, then arrival. Finding the
 * first of all looks at one ticket per label and lane, never at all that wait. Confined to its owner.
 */
public final class WaitingRoom {
    private final Map<String, LabelQueue> queues = new HashMap<>();
    private final List<LabelQueue> nonEmpty = new ArrayList<>();
    private final NavigableSet<Ticket> byDeadline = new TreeSet<>(WaitingRoom::byDeadline);
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final Map<String, Double> weights;
    private final long originNanos;
    private int size;
    private long bytes;

    /**
     * Creates an empty room.
     *
     * @param originNanos any recent moment; times are kept relative to it
     * @param weights tenants' weights, > 0; one that is not named weighs 1
     */
    public WaitingRoom(long originNanos, Map<String, Double> weights) {
        this.originNanos = originNanos;
        this.weights = Map.copyOf(weights);
    }

    /** Lets {@code ticket} wait. */
    public void add(Ticket ticket) {
        Tenant tenant = ticket.tenant();
        if (tenant.waiting == 0) {
            tenant.startLevelWith(leastShareWaiting());
        }
        tenant.waiting++;
        LabelQueue queue =
                queues.computeIfAbsent(ticket.request().model(), label -> new LabelQueue(label, originNanos));
        if (queue.size() == 0) {
            nonEmpty.add(queue);
        }
        queue.add(ticket);
        if (ticket.request().deadline().isSet()) {
            byDeadline.add(ticket);
        }
        size++;
        bytes += ticket.request().bodyBytes();
    }

    void remove(Ticket ticket) {
        LabelQueue queue = ticket.queue;
        if (queue == null) {
            return; // granted or cancelled before it had to wait
        }
        queue.remove(ticket);
        if (ticket.request().deadline().isSet()) {
            byDeadline.remove(ticket);
        }
        if (queue.size() == 0) {
            nonEmpty.remove(queue);
            queues.remove(queue.label());
        }
        ticket.tenant().waiting--;
        size--;
        bytes -= ticket.request().bodyBytes();
    }

    /** Returns the first of all that wait, null if nobody does. */
    public @Nullable Ticket head() {
        Ticket best = null;
        for (int i = 0; i < nonEmpty.size(); i++) {
            Ticket first = nonEmpty.get(i).first();
            if (first != null && (best == null || inOrder(first, best) < 0)) {
                best = first;
            }
        }
        return best;
    }

    /** Returns the one whose deadline comes first, null if nobody who waits has a deadline. */
    public @Nullable Ticket mostPressing() {
        return byDeadline.isEmpty() ? null : byDeadline.first();
    }

    /** Returns the labels that somebody waits for, in no particular but a reproducible order; valid until a change. */
    public List<LabelQueue> waitingLabels() {
        return nonEmpty;
    }

    /** Returns those who wait for {@code label}, null if nobody does. */
    public @Nullable LabelQueue queue(String label) {
        return queues.get(label);
    }

    /** Returns how many wait for {@code label}. */
    public int waitingFor(String label) {
        LabelQueue queue = queues.get(label);
        return queue == null ? 0 : queue.size();
    }

    /** Returns how many wait. */
    public int size() {
        return size;
    }

    /** Returns the payload bytes of all that wait. */
    public long bytes() {
        return bytes;
    }

    /** Returns the tenant of that name; it exists from its first request on. */
    public Tenant tenant(String name) {
        return tenants.computeIfAbsent(name, n -> new Tenant(n, weights.getOrDefault(n, 1.0)));
    }

    /** Returns whether anybody but {@code tenant} waits. */
    boolean othersWait(Tenant tenant) {
        return size > tenant.waiting;
    }

    private double leastShareWaiting() {
        double least = Double.POSITIVE_INFINITY;
        for (Tenant tenant : tenants.values()) {
            if (tenant.waiting > 0) {
                least = Math.min(least, tenant.share());
            }
        }
        return least == Double.POSITIVE_INFINITY ? 0 : least;
    }

    private static int byDeadline(Ticket a, Ticket b) {
        long difference =
                a.request().deadline().atNanos() - b.request().deadline().atNanos();
        return difference != 0 ? Long.signum(difference) : Long.compare(a.sequence(), b.sequence());
    }

    /** Compares two tickets; negative if {@code a} comes first. */
    public static int inOrder(Ticket a, Ticket b) {
        int byPriority = Integer.compare(b.request().priority(), a.request().priority());
        if (byPriority != 0) {
            return byPriority;
        }
        if (a.tenant() != b.tenant()) {
            int byShare = Double.compare(a.tenant().share(), b.tenant().share());
            if (byShare != 0) {
                return byShare;
            }
        }
        return Long.compare(a.sequence(), b.sequence());
    }
}
