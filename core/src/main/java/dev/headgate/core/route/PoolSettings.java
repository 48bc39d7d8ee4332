package dev.headgate.core.route;

import dev.headgate.core.signal.PrefixIndex;
import dev.headgate.core.signal.PromptHasher;
import java.time.Duration;

/**
 * How the router of a pool waits, probes and counts (routing.md §1). All defaults are here.
 *
 * @param maxOngoing requests per endpoint that names no number itself; 0 = any number
 * @param maxQueued requests that may wait; −1 = any number
 * @param maxActive passes in progress, ≥ 1
 * @param backoff the waits between passes
 * @param probe how long a probe may take
 * @param lengthExpiry after which a queue length is unknown
 * @param fifo whom a slot that was found goes to
 * @param index what the prefix index may hold
 */
public record PoolSettings(
        int maxOngoing,
        int maxQueued,
        int maxActive,
        Backoff backoff,
        ProbeLimits probe,
        Duration lengthExpiry,
        Fifo fifo,
        IndexLimits index) {
    /** The settings of a pool that names none. */
    public static final PoolSettings DEFAULTS = new PoolSettings(
            0,
            -1,
            50,
            new Backoff(Duration.ofMillis(25), 2, Duration.ofMillis(500)),
            new ProbeLimits(Duration.ofMillis(100), Duration.ofSeconds(1)),
            Duration.ofSeconds(10),
            Fifo.OFF,
            new IndexLimits(PrefixIndex.DEFAULT_MAX_BLOCKS, PrefixIndex.DEFAULT_MAX_BYTES, PromptHasher.BLOCK_TOKENS));

    public PoolSettings {
        atLeast("maxOngoing", maxOngoing, 0);
        atLeast("maxQueued", maxQueued, -1);
        atLeast("maxActive", maxActive, 1);
        positive("queueLengthCache", lengthExpiry);
    }

    /** Returns these settings with another number of requests per endpoint. */
    public PoolSettings withMaxOngoing(int number) {
        return new PoolSettings(number, maxQueued, maxActive, backoff, probe, lengthExpiry, fifo, index);
    }

    /** Returns these settings with another number of requests that may wait. */
    public PoolSettings withMaxQueued(int number) {
        return new PoolSettings(maxOngoing, number, maxActive, backoff, probe, lengthExpiry, fifo, index);
    }

    /** Returns these settings with another number of passes in progress. */
    public PoolSettings withMaxActive(int number) {
        return new PoolSettings(maxOngoing, maxQueued, number, backoff, probe, lengthExpiry, fifo, index);
    }

    /** Returns these settings with other waits between passes. */
    public PoolSettings withBackoff(Backoff other) {
        return new PoolSettings(maxOngoing, maxQueued, maxActive, other, probe, lengthExpiry, fifo, index);
    }

    /** Returns these settings with other times for probes. */
    public PoolSettings withProbe(ProbeLimits other) {
        return new PoolSettings(maxOngoing, maxQueued, maxActive, backoff, other, lengthExpiry, fifo, index);
    }

    /** Returns these settings with another time after which a queue length is unknown. */
    public PoolSettings withLengthExpiry(Duration other) {
        return new PoolSettings(maxOngoing, maxQueued, maxActive, backoff, probe, other, fifo, index);
    }

    /** Returns these settings with another rule for whom a slot goes to. */
    public PoolSettings withFifo(Fifo other) {
        return new PoolSettings(maxOngoing, maxQueued, maxActive, backoff, probe, lengthExpiry, other, index);
    }

    /** Returns these settings with other limits of the prefix index; a router keeps those it was created with. */
    public PoolSettings withIndex(IndexLimits other) {
        return new PoolSettings(maxOngoing, maxQueued, maxActive, backoff, probe, lengthExpiry, fifo, other);
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /**
     * The waits before a request's third and later passes.
     *
     * @param initial the first wait, &gt; 0
     * @param multiplier what each wait grows by, ≥ 1
     * @param max the longest wait, ≥ {@code initial}
     */
    public record Backoff(Duration initial, double multiplier, Duration max) {
        public Backoff {
            positive("backoff.initial", initial);
            if (!(multiplier >= 1 && multiplier < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("backoff.multiplier: " + multiplier + " (expected: >= 1)");
            }
            if (max.compareTo(initial) < 0) {
                throw new IllegalArgumentException("backoff.max: " + max + " (expected: >= initial, " + initial + ")");
            }
        }

        /** Returns the wait before pass {@code number} ≥ 1 of a request. */
        public long nanosBefore(int number) {
            if (number <= 2) {
                return 0;
            }
            double nanos = initial.toNanos() * Math.pow(multiplier, number - 3.0);
            return (long) Math.min(nanos, max.toNanos()); // also once the power is infinite
        }
    }

    /**
     * How long a probe may take.
     *
     * @param initial the time for the first rank of a request, &gt; 0
     * @param max the longest time; less than {@code initial} = always that
     */
    public record ProbeLimits(Duration initial, Duration max) {
        public ProbeLimits {
            positive("probe.initial", initial);
            positive("probe.max", max);
        }

        /** Returns the time for a probe of a request that has tried {@code ranks} ≥ 0 before. */
        public long nanosAfter(int ranks) {
            long first = initial.toNanos();
            long most = Math.max(first, max.toNanos());
            return ranks >= Long.numberOfLeadingZeros(first) - 1 ? most : Math.min(first << ranks, most);
        }
    }

    /**
     * What the prefix index may hold.
     *
     * @param maxBlocks blocks per endpoint whose cache is of unknown size, ≥ 1
     * @param maxBytes bytes in all
     * @param blockTokens tokens in a block, ≥ 1
     */
    public record IndexLimits(int maxBlocks, long maxBytes, int blockTokens) {
        public IndexLimits {
            atLeast("index.maxBlocks", maxBlocks, 1);
            atLeast("index.blockTokens", blockTokens, 1);
        }
    }
}
