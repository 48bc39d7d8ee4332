package dev.headgate.core.failover;

import dev.headgate.core.guard.Cooldown;
import dev.headgate.core.guard.RateLimits;
import dev.headgate.core.guard.TokenEstimate;
import dev.headgate.core.guard.UpstreamQuota;
import dev.headgate.core.pool.BackendLimits;
import java.util.concurrent.atomic.AtomicInteger;

/** What is known about one upstream model of one backend; survives reloads. Thread-safe. */
final class ModelState {
    final Cooldown cooldown = new Cooldown();
    final UpstreamQuota quota = new UpstreamQuota();
    final TokenEstimate estimate = new TokenEstimate();
    final AtomicInteger timeoutsInRow = new AtomicInteger();
    final FailureRun failures = new FailureRun();
    private BackendLimits limits = BackendLimits.NONE;
    private RateLimits rates = RateLimits.NONE;

    /** Returns the buckets of {@code wanted}, with what they hold if the limits per minute have not changed. */
    synchronized RateLimits rates(BackendPart part, BackendLimits wanted, SharedPort shared, long nowNanos) {
        if (wanted.requestsPerMinute() != limits.requestsPerMinute()
                || wanted.tokensPerMinute() != limits.tokensPerMinute()) {
            limits = wanted;
            rates = shared.limits(part, wanted, nowNanos);
        }
        return rates;
    }
}
