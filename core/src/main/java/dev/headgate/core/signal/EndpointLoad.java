package dev.headgate.core.signal;

import java.util.concurrent.atomic.AtomicInteger;

/** The requests that an endpoint works on at this moment. Thread-safe and lock-free. */
public final class EndpointLoad {
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Counts one more request unless {@code limit} are in flight already; returns whether it was counted. */
    public boolean tryStart(int limit) {
        int current = inFlight.get();
        while (current < limit) {
            int witness = inFlight.compareAndExchange(current, current + 1);
            if (witness == current) {
                return true;
            }
            current = witness;
        }
        return false;
    }

    /** Counts one request less; called once for each successful {@link #tryStart}. */
    public void finish() {
        inFlight.decrementAndGet();
    }

    /** Returns the requests in flight, ≥ 0. */
    public int inFlight() {
        return inFlight.get();
    }
}
