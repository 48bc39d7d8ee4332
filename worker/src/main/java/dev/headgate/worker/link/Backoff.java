package dev.headgate.worker.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The waits between attempts to connect: doubling from 0.2 to 5 seconds, each drawn between half and whole, so that the
 * workers of a restarted dispatcher do not come back in step. Not thread-safe.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 200;
    private static final long LAST_MILLIS = 5_000;

    private final RandomGenerator random;
    private long nextMillis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** Returns the next wait. */
    Duration next() {
        long whole = nextMillis;
        nextMillis = Math.min(LAST_MILLIS, whole * 2);
        return Duration.ofMillis(Math.max(FIRST_MILLIS / 2, random.nextLong(whole / 2, whole + 1)));
    }

    /** Starts over; called when a dispatcher has accepted the worker. */
    void reset() {
        nextMillis = FIRST_MILLIS;
    }
}
