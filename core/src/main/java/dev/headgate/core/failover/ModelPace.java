package dev.headgate.core.failover;

import dev.headgate.core.signal.LatencyQuantiles;
import dev.headgate.core.signal.LatencyQuantiles.Summary;
import org.jspecify.annotations.Nullable;

/** How long a model takes, over all backends of its pool; survives reloads. Thread-safe; costs nothing until it is told. */
final class ModelPace {
    final Latencies firstTokens = new Latencies();
    final Latencies gaps = new Latencies();

    /** One of its durations, read at most each 200 ms, as each request asks. */
    static final class Latencies {
        private static final long FRESH_NANOS = 200_000_000;
        private static final Reading UNKNOWN = new Reading(0, new Summary(0, 0, 0));

        private volatile @Nullable LatencyQuantiles quantiles;
        private volatile Reading latest = UNKNOWN;

        void record(long durationNanos, long nowNanos) {
            LatencyQuantiles current = quantiles;
            if (current == null) {
                current = created(nowNanos);
            }
            current.record(durationNanos, nowNanos);
        }

        Summary summary(long nowNanos) {
            LatencyQuantiles current = quantiles;
            Reading reading = latest;
            if (current != null && (reading == UNKNOWN || nowNanos - reading.atNanos >= FRESH_NANOS)) {
                reading = new Reading(nowNanos, current.summary(nowNanos));
                latest = reading;
            }
            return reading.summary;
        }

        private synchronized LatencyQuantiles created(long nowNanos) {
            LatencyQuantiles current = quantiles;
            if (current == null) {
                current = new LatencyQuantiles(nowNanos);
                quantiles = current;
            }
            return current;
        }

        private record Reading(long atNanos, Summary summary) {}
    }
}
