package dev.headgate.app.config;

import java.time.Duration;

/**
 * What the dispatcher takes on. {@code pendingPerLabel <= pending} and {@code deadline <= maxDeadline}.
 *
 * @param taskBytes of one request body
 * @param resultBytes of one result
 * @param pendingPerLabel tasks of one label that may wait
 * @param pending tasks that may wait in all
 * @param pendingBytes of all waiting tasks together
 * @param deadline of a task that names none
 * @param maxDeadline the longest deadline a task may name
 * @param noWorkerWait without any worker, after which tasks are refused
 * @param attempts at one synchronous task, the first included
 */
public record LimitConfig(
        int taskBytes,
        int resultBytes,
        int pendingPerLabel,
        int pending,
        long pendingBytes,
        Duration deadline,
        Duration maxDeadline,
        Duration noWorkerWait,
        int attempts) {
    /** Waiting bodies are held in memory: half a GiB of them leaves room in a heap of one. */
    public static final LimitConfig DEFAULT = new LimitConfig(
            16 << 20,
            16 << 20,
            1_000,
            20_000,
            512L << 20,
            Duration.ofSeconds(45),
            Duration.ofSeconds(600),
            Duration.ofSeconds(5),
            3);
}
