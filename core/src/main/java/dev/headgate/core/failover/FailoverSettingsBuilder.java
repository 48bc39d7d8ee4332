package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.AllFailed;
import dev.headgate.core.failover.FailoverSettings.AttemptSettings;
import dev.headgate.core.failover.FailoverSettings.ContentPolicy;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings;
import dev.headgate.core.failover.FailoverSettings.QueueSettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.FailoverSettings.Selection;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import dev.headgate.core.failover.FailoverSettings.TripOn;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.request.FailoverStatuses;
import org.jspecify.annotations.Nullable;

/** Settings of a pool that depart from others in what is said here. Not thread-safe. */
public final class FailoverSettingsBuilder {
    private Selection selection;
    private AttemptSettings attempts;
    private TimeoutSettings timeouts;
    private CooldownSettings cooldown;
    private FailoverStatuses failoverOn;
    private AllFailed allFailed;
    private ContentPolicy contentPolicy;
    private RecoverySettings recovery;
    private double earlySpill;
    private RetryBudgetSettings retryBudget;
    private HedgeSettings hedge;
    private @Nullable BreakerSettings circuitBreaker;
    private QueueSettings queue;
    private @Nullable OutlierSettings outlier;
    private TripOn tripOn;
    private @Nullable PolicySettings router;

    FailoverSettingsBuilder(FailoverSettings others) {
        selection = others.selection();
        attempts = others.attempts();
        timeouts = others.timeouts();
        cooldown = others.cooldown();
        failoverOn = others.failoverOn();
        allFailed = others.allFailed();
        contentPolicy = others.contentPolicy();
        recovery = others.recovery();
        earlySpill = others.earlySpill();
        retryBudget = others.retryBudget();
        hedge = others.hedge();
        circuitBreaker = others.circuitBreaker();
        queue = others.queue();
        outlier = others.outlier();
        tripOn = others.tripOn();
        router = others.router();
    }

    /** Sets how one of a tier is picked. */
    public FailoverSettingsBuilder selection(Selection value) {
        selection = value;
        return this;
    }

    /** Sets how often a request is tried. */
    public FailoverSettingsBuilder attempts(AttemptSettings value) {
        attempts = value;
        return this;
    }

    /** Sets how long each part may take. */
    public FailoverSettingsBuilder timeouts(TimeoutSettings value) {
        timeouts = value;
        return this;
    }

    /** Sets how long a backend is left alone. */
    public FailoverSettingsBuilder cooldown(CooldownSettings value) {
        cooldown = value;
        return this;
    }

    /** Sets statuses that depart from the table. */
    public FailoverSettingsBuilder failoverOn(FailoverStatuses value) {
        failoverOn = value;
        return this;
    }

    /** Sets what a caller reads when nothing worked. */
    public FailoverSettingsBuilder allFailed(AllFailed value) {
        allFailed = value;
        return this;
    }

    /** Sets what a refusal of the content does. */
    public FailoverSettingsBuilder contentPolicy(ContentPolicy value) {
        contentPolicy = value;
        return this;
    }

    /** Sets how a stream is saved. */
    public FailoverSettingsBuilder recovery(RecoverySettings value) {
        recovery = value;
        return this;
    }

    /** Sets the share of an upstream's token limit to use before spilling. */
    public FailoverSettingsBuilder earlySpill(double value) {
        earlySpill = value;
        return this;
    }

    /** Sets how many attempts beyond the first the pool makes. */
    public FailoverSettingsBuilder retryBudget(RetryBudgetSettings value) {
        retryBudget = value;
        return this;
    }

    /** Sets when a second attempt runs beside the first. */
    public FailoverSettingsBuilder hedge(HedgeSettings value) {
        hedge = value;
        return this;
    }

    /** Sets limits of the pool; null = none. */
    public FailoverSettingsBuilder circuitBreaker(@Nullable BreakerSettings value) {
        circuitBreaker = value;
        return this;
    }

    /** Sets who waits when the breaker is full. */
    public FailoverSettingsBuilder queue(QueueSettings value) {
        queue = value;
        return this;
    }

    /** Sets who is ejected; null = nobody. */
    public FailoverSettingsBuilder outlier(@Nullable OutlierSettings value) {
        outlier = value;
        return this;
    }

    /** Sets what 5xx do. */
    public FailoverSettingsBuilder tripOn(TripOn value) {
        tripOn = value;
        return this;
    }

    /** Sets the policy that picks in the place of {@code selection}; null = none. */
    public FailoverSettingsBuilder router(@Nullable PolicySettings value) {
        router = value;
        return this;
    }

    /** Returns the settings. */
    public FailoverSettings build() {
        return new FailoverSettings(
                selection,
                attempts,
                timeouts,
                cooldown,
                failoverOn,
                allFailed,
                contentPolicy,
                recovery,
                earlySpill,
                retryBudget,
                hedge,
                circuitBreaker,
                queue,
                outlier,
                tripOn,
                router);
    }
}
