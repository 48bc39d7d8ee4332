package dev.headgate.fleet;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, for a bounded time, for what happens in another thread or process. */
final class Eventually {
    /** Far beyond what anything here takes, also on a busy machine. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final long BETWEEN_LOOKS_NANOS = 500_000;

    private Eventually() {}

    /** Waits until {@code holds} does; fails the test if it does not. */
    static void until(String what, BooleanSupplier holds) {
        long began = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - began > LONGEST.toNanos()) {
                throw new AssertionError(what + ": not within " + LONGEST);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
