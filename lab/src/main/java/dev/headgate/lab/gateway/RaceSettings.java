package dev.headgate.lab.gateway;

import java.time.Duration;

/**
 * How long to measure.
 *
 * @param rounds how often each entrant is measured under each load; odd numbers have a median that was measured
 * @param sample how long each time
 * @param warmUp how long each entrant is loaded before anything counts
 * @param perSecond requests a second on the schedule that latency is measured with
 */
public record RaceSettings(int rounds, Duration sample, Duration warmUp, int perSecond) {
    /** Checks them. */
    public RaceSettings {
        if (rounds < 1 || perSecond < 1 || !sample.isPositive() || warmUp.isNegative()) {
            throw new IllegalArgumentException("rounds " + rounds + ", sample " + sample + ", warm-up " + warmUp + ", "
                    + perSecond + " a second (expected: all positive)");
        }
    }
}
