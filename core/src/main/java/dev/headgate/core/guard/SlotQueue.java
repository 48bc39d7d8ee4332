package dev.headgate.core.guard;

import dev.headgate.core.signal.Ewma;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a slot of a full pool, instead of being refused (gateway.md §13): by priority, higher first, then in the
 * order of arrival; never more than its size, nobody longer than its longest wait.
 *
 * <p>Thread-safe. Calls nobody back: it returns whom the owner tells. Each operation costs O(log size).
 *
 * @param <W> who waits, at most once at a time
 */
public final class SlotQueue<W> {
    private static final double SERVICE_WEIGHT = 0.1;
    private static final double SECOND_NANOS = 1e9;
    private static final int LEAST_SECONDS = 1;

    /** Callers take a longer hint for a statement about an outage, not for an estimate (clients.md). */
    private static final int MOST_SECONDS = 59;

    private final int size;
    private final long maxWaitNanos;
    private final Map<W, Wait<W>> waits = new HashMap<>();
    private final TreeSet<Wait<W>> byAge = new TreeSet<>(Wait::compareAge);
    private final TreeSet<Wait<W>> byOrder = new TreeSet<>(Wait::compareOrder);
    private final Ewma serviceNanos = new Ewma(SERVICE_WEIGHT, 0);
    private long sequence;
    private volatile int waiting; // written under the lock

    /** Returns an empty queue for at most {@code size} ≥ 0 that wait at most {@code maxWait}. */
    public SlotQueue(int size, Duration maxWait) {
        this.size = size;
        maxWaitNanos = maxWait.toNanos();
    }

    /**
     * Lets {@code waiter} wait, and returns who does not wait for it: null if there was room, {@code waiter} itself if it
     * is refused, otherwise the one that it displaces, the youngest of the lowest priority.
     *
     * @param priority never waits if negative
     */
    public @Nullable W offer(W waiter, int priority, long nowNanos) {
        return offerAgain(waiter, priority, nowNanos, nowNanos);
    }

    /**
     * Lets {@code waiter} wait once more, in its old place and no longer than it might have, as the slot that it came out
     * for was gone. Returns as {@link #offer}.
     *
     * @param sinceNanos when it was offered first
     */
    public synchronized @Nullable W offerAgain(W waiter, int priority, long sinceNanos, long nowNanos) {
        if (priority < 0 || size == 0 || nowNanos - sinceNanos >= maxWaitNanos) {
            return waiter;
        }
        if (waits.containsKey(waiter)) {
            throw new IllegalStateException("waits already: " + waiter);
        }
        W displaced = null;
        if (byOrder.size() >= size) {
            Wait<W> last = byOrder.last();
            if (priority < last.priority || (priority == last.priority && sinceNanos - last.sinceNanos >= 0)) {
                return waiter;
            }
            displaced = last.waiter;
            takeOut(last);
        }
        Wait<W> wait = new Wait<>(waiter, priority, sinceNanos, sequence++);
        waits.put(waiter, wait);
        byAge.add(wait);
        byOrder.add(wait);
        waiting = byOrder.size();
        return displaced;
    }

    /** Takes out who is first, null if nobody waits. Those whose wait is over come out by {@link #expired} only. */
    public @Nullable W poll(long nowNanos) {
        return waiting == 0 ? null : takeFirst(nowNanos);
    }

    /** Takes out {@code waiter}, which has gone away; returns false if it did not wait. */
    public synchronized boolean remove(W waiter) {
        Wait<W> wait = waits.get(waiter);
        if (wait == null) {
            return false;
        }
        takeOut(wait);
        return true;
    }

    /** Takes out all whose wait is over, oldest first. */
    public List<W> expired(long nowNanos) {
        return waiting == 0 ? List.of() : takeExpired(nowNanos);
    }

    /** Returns when the next wait is over, on the owner's ticker; empty if nobody waits. */
    public synchronized OptionalLong nextExpiryNanos() {
        return byAge.isEmpty() ? OptionalLong.empty() : OptionalLong.of(byAge.first().sinceNanos + maxWaitNanos);
    }

    /** Learns how long a request kept its slot. */
    public synchronized void served(long nanos) {
        serviceNanos.add(nanos);
    }

    /**
     * Returns the seconds after which a refused request of this priority may find a slot, 1–59: those ahead of it × what
     * one takes ÷ {@code slots}, of which there is at least one.
     */
    public synchronized int retryAfterSeconds(int priority, int slots) {
        int ahead = 0;
        for (Wait<W> wait : byOrder) {
            if (wait.priority < priority) {
                break;
            }
            ahead++;
        }
        double seconds = Math.ceil(ahead * serviceNanos.value() / Math.max(1, slots) / SECOND_NANOS);
        return (int) Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, seconds));
    }

    /** Returns how many wait; takes no lock. */
    public int size() {
        return waiting;
    }

    private synchronized @Nullable W takeFirst(long nowNanos) {
        for (Wait<W> wait : byOrder) {
            if (!isOver(wait, nowNanos)) {
                takeOut(wait);
                return wait.waiter;
            }
        }
        return null;
    }

    private synchronized List<W> takeExpired(long nowNanos) {
        List<W> expired = new ArrayList<>();
        while (!byAge.isEmpty() && isOver(byAge.first(), nowNanos)) {
            Wait<W> wait = byAge.first();
            takeOut(wait);
            expired.add(wait.waiter);
        }
        return expired;
    }

    private void takeOut(Wait<W> wait) {
        waits.remove(wait.waiter);
        byAge.remove(wait);
        byOrder.remove(wait);
        waiting = byOrder.size();
    }

    private boolean isOver(Wait<W> wait, long nowNanos) {
        return nowNanos - wait.sinceNanos >= maxWaitNanos;
    }

    /** One that waits; higher priority first, then the order of arrival. */
    private record Wait<W>(W waiter, int priority, long sinceNanos, long sequence) {
        int compareOrder(Wait<W> other) {
            int byPriority = Integer.compare(other.priority, priority);
            return byPriority != 0 ? byPriority : compareAge(other);
        }

        int compareAge(Wait<W> other) {
            int byAge = Long.signum(sinceNanos - other.sinceNanos);
            return byAge != 0 ? byAge : Long.compare(sequence, other.sequence);
        }
    }
}
