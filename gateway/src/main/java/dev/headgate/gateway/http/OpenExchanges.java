package dev.headgate.gateway.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Counts the requests that were handed over and whose answer has not left yet. Thread-safe. */
final class OpenExchanges {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicInteger count = new AtomicInteger();

    void opened() {
        count.incrementAndGet();
    }

    void ended() {
        count.decrementAndGet();
    }

    /** Waits until there is none, for at most {@code patience}. */
    void awaitNone(Duration patience) {
        long startNanos = System.nanoTime();
        while (count.get() > 0 && System.nanoTime() - startNanos < patience.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
