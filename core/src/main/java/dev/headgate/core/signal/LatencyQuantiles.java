package dev.headgate.core.signal;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Percentiles of a duration over the last five minutes.
 *
 * <p>Thread-safe and lock-free; recording is one increment and allocates nothing; about 5 KB. A histogram per slice of
 * 50 s, whose buckets grow by an eighth of a power of two, so that a percentile is read within 7 %. The slice that is six
 * old is cleared for the next; a sample that another thread records at that very moment may be lost.
 */
public final class LatencyQuantiles {
    private static final int SLICES = 6;
    private static final long SLICE_NANOS = 50_000_000_000L;

    /** Durations below 65 µs share a bucket, as do those above 18 minutes: nobody acts on the difference. */
    private static final int LEAST_BITS = 16;

    private static final int MOST_BITS = 40;
    private static final int SUB_BITS = 3;
    private static final int BUCKETS = (MOST_BITS - LEAST_BITS) << SUB_BITS;

    /** Reading all buckets costs microseconds, too much for each request of a busy pool. */
    private static final long FRESH_NANOS = 1_000_000_000L;

    private static final long BUSY_SAMPLES = 1_000;
    private static final Summary EMPTY = new Summary(0, 0, 0);

    private final long originNanos;
    private final AtomicLongArray numbers = new AtomicLongArray(SLICES);
    private final AtomicIntegerArray counts = new AtomicIntegerArray(SLICES * BUCKETS);
    private volatile Reading latest;

    /** Returns an instance without samples. */
    public LatencyQuantiles(long nowNanos) {
        originNanos = nowNanos;
        latest = new Reading(nowNanos, EMPTY);
    }

    /** Takes one duration into account; negative ones are ignored. */
    public void record(long durationNanos, long nowNanos) {
        if (durationNanos < 0) {
            return;
        }
        long number = sliceAt(nowNanos);
        int slice = (int) (number % SLICES);
        long held = numbers.get(slice);
        if (held < number && numbers.compareAndSet(slice, held, number)) {
            clear(slice);
        }
        counts.getAndIncrement(slice * BUCKETS + bucket(durationNanos));
    }

    /** Returns what the last five minutes say; at most one second old when there are 1 000 samples or more. */
    public Summary summary(long nowNanos) {
        Reading reading = latest;
        if (reading.summary.samples >= BUSY_SAMPLES && nowNanos - reading.atNanos < FRESH_NANOS) {
            return reading.summary;
        }
        Summary summary = read(nowNanos);
        latest = new Reading(nowNanos, summary);
        return summary;
    }

    private Summary read(long nowNanos) {
        long number = sliceAt(nowNanos);
        int[] sums = new int[BUCKETS];
        long samples = 0;
        for (int slice = 0; slice < SLICES; slice++) {
            if (number - numbers.get(slice) < SLICES) {
                for (int i = 0; i < BUCKETS; i++) {
                    int count = counts.get(slice * BUCKETS + i);
                    sums[i] += count;
                    samples += count;
                }
            }
        }
        return samples == 0
                ? EMPTY
                : new Summary(samples, percentile(sums, samples, 95), percentile(sums, samples, 99));
    }

    /** The nearest rank: the smallest duration that at least {@code percent} of the samples do not exceed. */
    private static long percentile(int[] sums, long samples, int percent) {
        long rank = (samples * percent + 99) / 100;
        int bucket = -1;
        while (rank > 0 && bucket < BUCKETS - 1) {
            rank -= sums[++bucket];
        }
        return middleNanos(bucket);
    }

    private static int bucket(long durationNanos) {
        int bits = 63 - Long.numberOfLeadingZeros(durationNanos);
        if (bits < LEAST_BITS) {
            return 0;
        }
        if (bits >= MOST_BITS) {
            return BUCKETS - 1;
        }
        int within = (int) (durationNanos >>> (bits - SUB_BITS)) & ((1 << SUB_BITS) - 1);
        return ((bits - LEAST_BITS) << SUB_BITS) + within;
    }

    private static long middleNanos(int bucket) {
        int bits = LEAST_BITS + (bucket >> SUB_BITS);
        long within = bucket & ((1 << SUB_BITS) - 1);
        long from = ((1L << SUB_BITS) + within) << (bits - SUB_BITS);
        return from + (1L << (bits - SUB_BITS - 1));
    }

    private void clear(int slice) {
        for (int i = 0; i < BUCKETS; i++) {
            counts.set(slice * BUCKETS + i, 0);
        }
    }

    private long sliceAt(long nowNanos) {
        return Math.max(0, nowNanos - originNanos) / SLICE_NANOS;
    }

    /**
     * What the last five minutes say.
     *
     * @param samples how many durations were recorded
     * @param p95Nanos their 95th percentile, within 7 %; 0 without samples
     * @param p99Nanos their 99th percentile, likewise
     */
    public record Summary(long samples, long p95Nanos, long p99Nanos) {}

    private record Reading(long atNanos, Summary summary) {}
}
