package dev.headgate.core.signal;

import java.time.Duration;
import java.util.Optional;

/**
 * What a pool's backends are asked about themselves, beside the requests they serve (routing.md §1, §3, §7). All defaults are
 * here.
 *
 * @param engine whose metrics are read; empty = none, and the pool goes by what it sends itself
 * @param statsPeriod how often routing stats are pulled, if the pool's router reads them
 * @param statsTimeout how long that may take
 * @param indexesAnswers whether an answer's text counts as cached where it was made, as the next turn repeats it
 */
public record SignalSettings(
        Optional<EngineMetrics> engine, Duration statsPeriod, Duration statsTimeout, boolean indexesAnswers) {
    /** The settings of a pool that names none. */
    public static final SignalSettings DEFAULTS =
            new SignalSettings(Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(30), true);

    public SignalSettings {
        positive("stats.period", statsPeriod);
        positive("stats.timeout", statsTimeout);
    }

    /** Returns these settings with an engine whose metrics are read. */
    public SignalSettings reading(EngineMetrics metrics) {
        return new SignalSettings(Optional.of(metrics), statsPeriod, statsTimeout, indexesAnswers);
    }

    /** Returns these settings with other times for stats. */
    public SignalSettings withStats(Duration period, Duration timeout) {
        return new SignalSettings(engine, period, timeout, indexesAnswers);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /**
     * Where an engine shows its metrics, and how often they are read.
     *
     * @param type what the metrics are called
     * @param path begins with a slash; from the root of the backend's host, whatever the path of its API
     * @param port of the backend's host, 1–65535; 0 = that of its API
     * @param period between the begin of two reads, {@link #LEAST_PERIOD} to {@link #MOST_PERIOD}
     * @param timeout how long a read may take, &gt; 0
     */
    public record EngineMetrics(EngineType type, String path, int port, Duration period, Duration timeout) {
        /** More often costs more than it tells: an engine's step takes 10 ms and more. */
        public static final Duration LEAST_PERIOD = Duration.ofMillis(50);

        /** Policies ignore what is older than 2 s; a slower read only tells the size of the cache. */
        public static final Duration MOST_PERIOD = Duration.ofSeconds(5);

        public EngineMetrics {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("engine.path: " + path + " (expected: a path such as /metrics)");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("engine.port: " + port + " (expected: 0..65535)");
            }
            if (period.compareTo(LEAST_PERIOD) < 0 || period.compareTo(MOST_PERIOD) > 0) {
                throw new IllegalArgumentException("engine.period: " + period + " (expected: 50ms to 5s)");
            }
            positive("engine.timeout", timeout);
        }

        /** Returns how {@code type} is read if nothing else is said. */
        public static EngineMetrics of(EngineType type) {
            return new EngineMetrics(type, "/metrics", 0, LEAST_PERIOD, Duration.ofSeconds(1));
        }
    }
}
