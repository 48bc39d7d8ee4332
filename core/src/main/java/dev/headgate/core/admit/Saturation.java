package dev.headgate.core.admit;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.request.InferenceRequest;

/** How saturated a pool is: 0 = idle, 1 and more = requests had better wait in the router than in an engine's queue. */
final class Saturation {
    /** Past this a queue in an engine only adds waiting; llm-d's and GIE's value. */
    private static final double QUEUE_LIMIT = 5;

    /** Past this a cache starts to preempt; llm-d's and GIE's value. */
    private static final double USAGE_LIMIT = 0.8;

    /** Reports older than this are not looked at (routing.md §8). */
    private static final long TOO_OLD_NANOS = 2_000_000_000L;

    /** What the detector {@code concurrency} takes for an endpoint that names no limit. */
    private static final double DEFAULT_MAX_ONGOING = 100;

    private static final double DEFAULT_MAX_TOKENS = 1_000_000;

    private final FlowSettings settings;

    Saturation(FlowSettings settings) {
        this.settings = settings;
    }

    /** Returns how saturated {@code pool} is for {@code request}, which its predictions are for; 1 if it has no endpoint. */
    double of(Candidates pool, InferenceRequest request) {
        if (pool.size() == 0) {
            return 1;
        }
        return switch (settings.detector()) {
            case UTILIZATION -> utilization(pool);
            case CONCURRENCY -> concurrency(pool);
            case TOKENS -> tokens(pool);
            case PREDICTED -> predicted(pool, request);
        };
    }

    private double utilization(Candidates pool) {
        double sum = 0;
        for (int i = 0; i < pool.size(); i++) {
            sum += utilization(pool, i);
        }
        return sum / pool.size();
    }

    private double utilization(Candidates pool, int index) {
        long age = pool.reportAgeNanos(index);
        double queue = pool.waiting(index);
        double usage = pool.kvUsage(index);
        boolean isKnown = age >= 0 && age <= TOO_OLD_NANOS && !(Double.isNaN(queue) && Double.isNaN(usage));
        if (isKnown) {
            return Math.max(orZero(queue) / QUEUE_LIMIT, orZero(usage) / USAGE_LIMIT);
        }
        if (settings.staleIsSaturated()) {
            return 1;
        }
        double local = pool.maxOngoing(index) > 0 ? (double) pool.ongoing(index) / pool.maxOngoing(index) : 0;
        long capacity = pool.cacheCapacityTokens(index);
        return capacity > 0 ? Math.max(local, pool.residentTokens(index) / (USAGE_LIMIT * capacity)) : local;
    }

    private static double concurrency(Candidates pool) {
        double ongoing = 0;
        double most = 0;
        for (int i = 0; i < pool.size(); i++) {
            ongoing += pool.ongoing(i);
            most += pool.maxOngoing(i) > 0 ? pool.maxOngoing(i) : DEFAULT_MAX_ONGOING;
        }
        return ongoing / most;
    }

    private static double tokens(Candidates pool) {
        double tokens = 0;
        for (int i = 0; i < pool.size(); i++) {
            tokens += pool.residentTokens(i);
        }
        return tokens / (DEFAULT_MAX_TOKENS * pool.size());
    }

    /** An endpoint where no prompt waits is not saturated, however long this one takes: waiting makes it no shorter. */
    private double predicted(Candidates pool, InferenceRequest request) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < pool.size(); i++) {
            best = Math.min(best, pool.pendingTokens(i) == 0 ? 0 : pool.predictedTtft(i));
        }
        return best * 1e9 / settings.targets().ttftNanos(request);
    }

    private static double orZero(double value) {
        return Double.isNaN(value) ? 0 : value;
    }
}
