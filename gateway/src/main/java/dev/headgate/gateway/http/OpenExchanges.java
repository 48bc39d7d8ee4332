package dev.headgate.gateway.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Counts the requests that are being read or answered, and knows whether there are to be more. Thread-safe. */
final class OpenExchanges {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean isEnding;

    /** The head of a request that is not refused has come. */
    void opened() {
        count.incrementAndGet();
    }

    /** Its answer has been written, or it will have none. */
    void ended() {
        count.decrementAndGet();
    }

    /** The server ends: each answer is the last of its connection from now on. */
    void end() {
        isEnding = true;
    }

    /** Returns whether the server ends. */
    boolean isEnding() {
        return isEnding;
    }

    /** Waits until there is none and {@code unsentBytes} of answers are zero, for at most {@code patience}. */
    void awaitNone(LongSupplier unsentBytes, Duration patience) {
        long startNanos = System.nanoTime();
        while ((count.get() > 0 || unsentBytes.getAsLong() > 0)
                && System.nanoTime() - startNanos < patience.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
