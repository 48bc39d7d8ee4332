package dev.headgate.core.pick;

/**
 * What an engine reported of its load, or what stands for it if there is no report or one older than 2 s: an old report
 * neither wins by being old nor stops the pool. See routing.md §8.
 */
final class EngineLoad {
    private static final long TOO_OLD_NANOS = 2_000_000_000L;

    private EngineLoad() {}

    /** Returns the requests in the engine's queue; if unknown, all that the endpoint has. */
    static double waiting(Candidates candidates, int index) {
        double waiting = isFresh(candidates, index) ? candidates.waiting(index) : Double.NaN;
        return Double.isNaN(waiting) ? candidates.ongoing(index) : waiting;
    }

    /** Returns the requests in the engine's batch; if unknown, all that the endpoint has. */
    static double running(Candidates candidates, int index) {
        double running = isFresh(candidates, index) ? candidates.running(index) : Double.NaN;
        return Double.isNaN(running) ? candidates.ongoing(index) : running;
    }

    /** Returns the share of the cache in use, 0–1; if unknown, what is resident ÷ the capacity; NaN if that is unknown. */
    static double kvUsage(Candidates candidates, int index) {
        double usage = isFresh(candidates, index) ? candidates.kvUsage(index) : Double.NaN;
        long capacity = candidates.cacheCapacityTokens(index);
        if (!Double.isNaN(usage) || capacity <= 0) {
            return usage;
        }
        return Math.min(1, (double) candidates.residentTokens(index) / capacity);
    }

    private static boolean isFresh(Candidates candidates, int index) {
        long age = candidates.reportAgeNanos(index);
        return age >= 0 && age <= TOO_OLD_NANOS;
    }
}
