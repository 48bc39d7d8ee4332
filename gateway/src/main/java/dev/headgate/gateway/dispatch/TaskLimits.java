package dev.headgate.gateway.dispatch;

import java.time.Duration;

/**
 * How long a synchronous task may take.
 *
 * @param deadline if the request does not say
 * @param maxDeadline at most
 */
public record TaskLimits(Duration deadline, Duration maxDeadline) {
    /** The defaults of dispatch.md §1. */
    public static final TaskLimits DEFAULTS = new TaskLimits(Duration.ofSeconds(45), Duration.ofSeconds(600));
}
