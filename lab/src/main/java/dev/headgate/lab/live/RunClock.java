package dev.headgate.lab.live;

import dev.headgate.core.time.Ticker;

/**
 * The time of a run in whole microseconds, negative before it begins. Thread-safe if its ticker is.
 *
 * @param ticker what it reads
 * @param startNanos when the run begins, on that ticker
 */
record RunClock(Ticker ticker, long startNanos) {
    private static final long NANOS_PER_MICRO = 1_000;

    /** Returns the present, rounded down. */
    long micros() {
        return Math.floorDiv(ticker.nanos() - startNanos, NANOS_PER_MICRO);
    }
}
