package dev.headgate.gateway.relay;

import java.util.concurrent.atomic.LongAdder;

/** How often a time was how long, in Prometheus' buckets. Thread-safe; recording allocates nothing. */
final class Histogram {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] boundsNanos;
    private final LongAdder[] counts; // of each bucket alone; the last has no bound
    private final LongAdder nanos = new LongAdder();

    /** Creates an empty one with these upper bounds, ascending. */
    Histogram(long... boundsNanos) {
        this.boundsNanos = boundsNanos.clone();
        counts = new LongAdder[boundsNanos.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void record(long elapsedNanos) {
        record(elapsedNanos, 1);
    }

    /** Counts {@code times} that took {@code elapsedNanos} each. */
    void record(long elapsedNanos, long times) {
        int bucket = 0;
        while (bucket < boundsNanos.length && elapsedNanos > boundsNanos[bucket]) {
            bucket++;
        }
        counts[bucket].add(times);
        nanos.add(elapsedNanos * times);
    }

    /** Writes its lines; {@code labels} may be empty. */
    void writeTo(StringBuilder text, Metric metric, String labels) {
        String before = labels.isEmpty() ? "" : labels + ',';
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i].sum();
            String bound = i < boundsNanos.length ? Double.toString(boundsNanos[i] / NANOS_PER_SECOND) : "+Inf";
            metric.line(text, "_bucket", before + "le=\"" + bound + '"', sum);
        }
        metric.line(text, "_sum", labels, nanos.sum() / NANOS_PER_SECOND);
        metric.line(text, "_count", labels, sum);
    }
}
