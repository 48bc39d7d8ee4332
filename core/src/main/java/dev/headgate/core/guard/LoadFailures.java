package dev.headgate.core.guard;

import dev.headgate.core.pool.EndpointId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a model must not be loaded for a while, because loading it failed there.
 *
 * <p>After each of the first failures in a row the worker rests for 1 s, 2 s, 4 s; after the third it is excluded for
 * 15 minutes, half of that if work waits. A success forgets the failures. See dispatch.md §4. Not thread-safe.
 */
public final class LoadFailures {
    private static final int FAILURES_TO_EXCLUDE = 3;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration EXCLUSION = Duration.ofMinutes(15);

    private final Map<EndpointId, Streak> streaks = new HashMap<>();
    private String lastCause = "";

    /** Counts a failure on {@code worker} that may pass, and returns how long the worker rests. */
    public Duration failed(EndpointId worker, long nowNanos, boolean workWaits, String cause) {
        Streak before = streaks.get(worker);
        return failed(worker, before == null ? 1 : before.inARow + 1, nowNanos, workWaits, cause);
    }

    /** Excludes {@code worker} at once, because trying again will not help, and returns for how long. */
    public Duration failedForGood(EndpointId worker, long nowNanos, boolean workWaits, String cause) {
        return failed(worker, FAILURES_TO_EXCLUDE, nowNanos, workWaits, cause);
    }

    private Duration failed(EndpointId worker, int inARow, long nowNanos, boolean workWaits, String cause) {
        lastCause = cause;
        Duration rest;
        if (inARow < FAILURES_TO_EXCLUDE) {
            rest = FIRST_WAIT.multipliedBy(1L << (inARow - 1));
        } else {
            rest = workWaits ? EXCLUSION.dividedBy(2) : EXCLUSION;
        }
        streaks.put(worker, new Streak(inARow, nowNanos + rest.toNanos()));
        return rest;
    }

    /** Forgets the failures on {@code worker}, after a success or because it left. */
    public void forget(EndpointId worker) {
        streaks.remove(worker);
    }

    /** Returns whether the model may be loaded on {@code worker} at this moment. */
    public boolean allows(EndpointId worker, long nowNanos) {
        Streak streak = streaks.get(worker);
        return streak == null || nowNanos - streak.untilNanos >= 0;
    }

    /** Returns whether {@code worker} has failed often enough to be excluded rather than resting between tries. */
    public boolean isExcluded(EndpointId worker, long nowNanos) {
        Streak streak = streaks.get(worker);
        return streak != null && streak.inARow >= FAILURES_TO_EXCLUDE && nowNanos - streak.untilNanos < 0;
    }

    /** Returns the workers that are excluded at this moment. */
    public int excludedWorkers(long nowNanos) {
        return (int) streaks.keySet().stream()
                .filter(worker -> isExcluded(worker, nowNanos))
                .count();
    }

    /** Returns when the first of the rests ends, as nanoseconds from now; zero if nobody rests. */
    public long restNanos(long nowNanos) {
        return streaks.values().stream()
                .mapToLong(streak -> Math.max(0, streak.untilNanos - nowNanos))
                .min()
                .orElse(0);
    }

    /** Returns the cause of the latest failure, empty if there was none. */
    public String lastCause() {
        return lastCause;
    }

    private record Streak(int inARow, long untilNanos) {}
}
