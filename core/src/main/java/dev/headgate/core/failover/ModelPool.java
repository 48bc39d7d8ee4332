package dev.headgate.core.failover;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.LatencyQuantiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The backends of a pool that serve one model, best tier first, and how long the model takes. Thread-safe. */
final class ModelPool {
    private static final long LEAST_SAMPLES = 20;
    private static final long SECOND = 1_000_000_000L;

    final PoolState pool;
    final String model;
    final Candidate[] candidates;
    private final Map<EndpointId, Candidate> byId = new HashMap<>();
    final ModelPace pace;
    final List<Routing.Leg> alone; // the route that consists of this model

    /** Returns those of {@code pool} that serve {@code model}. */
    static ModelPool of(PoolState pool, String model, long nowNanos) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < pool.backends.size(); i++) {
            if (pool.backends.get(i).serves(model)) {
                positions.add(i);
            }
        }
        positions.sort(Comparator.comparingInt(i -> pool.backends.get(i).priority()));
        return new ModelPool(pool, model, positions, nowNanos);
    }

    /** Returns nobody. */
    static ModelPool empty(PoolState pool, long nowNanos) {
        return new ModelPool(pool, "", List.of(), nowNanos);
    }

    private ModelPool(PoolState pool, String model, List<Integer> positions, long nowNanos) {
        this.pool = pool;
        this.model = model;
        candidates = new Candidate[positions.size()];
        for (int i = 0; i < candidates.length; i++) {
            candidates[i] = new Candidate(pool, positions.get(i), i, model, nowNanos);
        }
        for (Candidate candidate : candidates) {
            byId.put(candidate.backend.id(), candidate);
        }
        pace = pool.paces.of(model, nowNanos);
        alone = List.of(new Routing.Leg(model, pool));
    }

    /** Returns the candidate called {@code id}, null if it does not serve the model. */
    @Nullable
    Candidate find(EndpointId id) {
        return byId.get(id);
    }

    /** Returns how long a first token may take, by gateway.md §9. */
    long firstTokenLimit(long nowNanos) {
        long configured = pool.settings.timeouts().ttft().toNanos();
        return configured > 0
                ? configured
                : clamped(pace.firstTokens, 3, 10 * SECOND, 60 * SECOND, 10 * SECOND, nowNanos);
    }

    /** Returns how long a stream may be silent, by gateway.md §9. */
    long idleLimit(long nowNanos) {
        long configured = pool.settings.timeouts().idle().toNanos();
        return configured > 0 ? configured : clamped(pace.gaps, 20, 10 * SECOND, 30 * SECOND, 30 * SECOND, nowNanos);
    }

    /** Returns after how long a second attempt starts beside the first; 0 = never. */
    long hedgeAfter(long nowNanos) {
        FailoverSettings.HedgeSettings hedge = pool.settings.hedge();
        return switch (hedge.after()) {
            case OFF -> 0;
            case FIXED -> Math.max(1, hedge.delay().toNanos());
            case P95 -> {
                LatencyQuantiles.Summary summary = pace.firstTokens.summary(nowNanos);
                yield summary.samples() < LEAST_SAMPLES ? 0 : Math.max(1, summary.p95Nanos());
            }
        };
    }

    private static long clamped(
            ModelPace.Latencies latencies, int times, long least, long most, long unknown, long nowNanos) {
        LatencyQuantiles.Summary summary = latencies.summary(nowNanos);
        return summary.samples() < LEAST_SAMPLES
                ? unknown
                : Math.max(least, Math.min(most, times * summary.p99Nanos()));
    }
}
