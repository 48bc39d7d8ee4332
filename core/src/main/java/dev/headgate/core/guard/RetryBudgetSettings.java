package dev.headgate.core.guard;

import java.time.Duration;

/**
 * How many attempts beyond the first a pool may make (gateway.md §3).
 *
 * @param percent of the requests in the window, 0–100
 * @param minPerWindow always allowed, ≥ 0
 * @param window over which both are counted
 */
public record RetryBudgetSettings(double percent, int minPerWindow, Duration window) {
    /** The values of gateway.md §1. */
    public static final RetryBudgetSettings DEFAULTS = new RetryBudgetSettings(20, 10, Duration.ofSeconds(10));
}
