package dev.headgate.core.failover;

import java.util.concurrent.atomic.AtomicReference;

/**
 * How many trips there were in a row that were failures. Attempts that failed together count as one. Thread-safe.
 */
final class FailureRun {
    private static final Run NONE = new Run(0, 0);

    private final AtomicReference<Run> run = new AtomicReference<>(NONE);

    /** An attempt that began at {@code beganNanos} failed; returns the number of failures in a row. */
    int failed(long beganNanos, long nowNanos) {
        return run.updateAndGet(
                        last -> last == NONE || last.at - beganNanos < 0 ? new Run(last.count + 1, nowNanos) : last)
                .count;
    }

    /** An attempt succeeded. */
    void succeeded() {
        if (run.get() != NONE) {
            run.set(NONE);
        }
    }

    private record Run(int count, long at) {}
}
