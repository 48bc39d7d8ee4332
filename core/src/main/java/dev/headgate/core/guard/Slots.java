package dev.headgate.core.guard;

import java.util.concurrent.atomic.AtomicInteger;

/** Places of which a fixed number can be taken at once. Thread-safe and lock-free. */
final class Slots {
    private final int limit;
    private final AtomicInteger taken = new AtomicInteger();

    Slots(int limit) {
        this.limit = limit;
    }

    /** Takes a place if fewer than the limit are taken. */
    boolean tryTake() {
        return tryTake(limit);
    }

    /** Takes a place if fewer than {@code most} are taken. */
    boolean tryTake(int most) {
        int current = taken.get();
        while (current < most) {
            int witness = taken.compareAndExchange(current, current + 1);
            if (witness == current) {
                return true;
            }
            current = witness;
        }
        return false;
    }

    /** Takes a place if {@code expected} are taken, whatever the limit. */
    boolean takeAsNext(int expected) {
        return taken.compareAndSet(expected, expected + 1);
    }

    /** Takes a place beyond any limit. */
    void take() {
        taken.incrementAndGet();
    }

    void giveBack() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }

    int limit() {
        return limit;
    }

    int remaining() {
        return Math.max(0, limit - taken.get());
    }
}
