package dev.headgate.core.failover;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.guard.OutlierDetector;
import dev.headgate.core.guard.RetryBudget;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.guard.SlotQueue;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What counts and limits in a pool as a whole; goes on over reloads that leave its settings alone. Thread-safe. */
final class PoolGuards {
    private static final Duration HEDGE_WINDOW = Duration.ofSeconds(10);

    final CircuitBreaker breaker;
    final @Nullable OutlierDetector outlier;
    final RetryBudget retries;
    final RetryBudget hedges;
    final SlotQueue<FailoverCall> queue;
    private final FailoverSettings settings;

    PoolGuards(FailoverSettings settings, Supplier<RandomGenerator> random, FailoverRouter router) {
        this.settings = settings;
        long now = router.now();
        BreakerSettings limits = settings.circuitBreaker();
        queue = new SlotQueue<>(settings.queue().size(), settings.queue().maxWait());
        breaker = limits == null ? CircuitBreaker.NONE : CircuitBreaker.of(limits, () -> roomMade(router));
        outlier = settings.outlier() == null ? null : new OutlierDetector(settings.outlier(), random, now);
        retries = new RetryBudget(settings.retryBudget(), now);
        hedges = new RetryBudget(new RetryBudgetSettings(settings.hedge().budgetPercent(), 1, HEDGE_WINDOW), now);
    }

    /** Returns whether these are the guards of {@code others} too. */
    boolean fit(FailoverSettings others) {
        return Objects.equals(settings.circuitBreaker(), others.circuitBreaker())
                && Objects.equals(settings.outlier(), others.outlier())
                && settings.retryBudget().equals(others.retryBudget())
                && settings.hedge().equals(others.hedge())
                && settings.queue().equals(others.queue());
    }

    /** Lets as many that wait go on as there are slots, and tells those that waited too long. */
    void advance(long nowNanos) {
        if (queue.size() > 0) {
            for (FailoverCall late : queue.expired(nowNanos)) {
                late.slotWait().end(SlotWait.Place.REFUSED);
            }
            for (int room = slots(); room > 0 && letOneGo(nowNanos); room--) {}
        }
        if (outlier != null) {
            outlier.advance(nowNanos);
        }
    }

    /** Learns how long a request kept its slot. */
    void served(long elapsedNanos) {
        if (settings.queue().size() > 0) {
            queue.served(elapsedNanos);
        }
    }

    /** Returns the seconds after which a refused request may find a slot. */
    int retryAfterSeconds(int priority) {
        BreakerSettings limits = settings.circuitBreaker();
        return settings.queue().size() == 0 || limits == null
                ? 1
                : queue.retryAfterSeconds(priority, Math.max(1, limits.maxParallelRequests()));
    }

    private void roomMade(FailoverRouter router) {
        if (queue.size() > 0) {
            letOneGo(router.now());
        }
    }

    private boolean letOneGo(long nowNanos) {
        FailoverCall next = queue.poll(nowNanos);
        if (next == null) {
            return false;
        }
        next.slotWait().end(SlotWait.Place.GRANTED);
        return true;
    }

    private int slots() {
        return breaker.room();
    }
}
