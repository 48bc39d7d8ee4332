package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverSettings.AllFailed;
import dev.headgate.core.failover.FailoverSettings.AttemptSettings;
import dev.headgate.core.failover.FailoverSettings.ContentPolicy;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings;
import dev.headgate.core.failover.FailoverSettings.QueueSettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.FailoverSettings.Selection;
import dev.headgate.core.failover.FailoverSettings.TripOn;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import java.time.Duration;

/** The defaults with a few departures. */
final class SettingsBuilder {
    private final FailoverSettingsBuilder settings = FailoverSettings.DEFAULTS.with();

    static SettingsBuilder defaults() {
        return new SettingsBuilder();
    }

    SettingsBuilder selection(Selection value) {
        settings.selection(value);
        return this;
    }

    SettingsBuilder attempts(int max, Duration onlyIfFasterThan) {
        settings.attempts(new AttemptSettings(max, onlyIfFasterThan, 1, Duration.ofSeconds(3)));
        return this;
    }

    SettingsBuilder reported(double jitter, Duration reportMax) {
        CooldownSettings d = CooldownSettings.DEFAULTS;
        settings.cooldown(new CooldownSettings(
                d.withoutHint(),
                d.maxWithoutHint(),
                d.max(),
                d.quota(),
                d.auth(),
                jitter,
                reportMax,
                true,
                d.slowStart()));
        return this;
    }

    SettingsBuilder allFailed(AllFailed value) {
        settings.allFailed(value);
        return this;
    }

    SettingsBuilder contentPolicy(ContentPolicy value) {
        settings.contentPolicy(value);
        return this;
    }

    SettingsBuilder recoveries(int max) {
        RecoverySettings d = FailoverSettings.DEFAULTS.recovery();
        settings.recovery(new RecoverySettings(d.modes(), d.maxBytes(), max));
        return this;
    }

    SettingsBuilder retryBudget(double percent, int minPerWindow) {
        settings.retryBudget(new RetryBudgetSettings(percent, minPerWindow, Duration.ofSeconds(10)));
        return this;
    }

    SettingsBuilder hedgeAfter(Duration delay, double budgetPercent) {
        settings.hedge(new HedgeSettings(HedgeSettings.After.FIXED, delay, budgetPercent));
        return this;
    }

    SettingsBuilder breaker(BreakerSettings value) {
        settings.circuitBreaker(value);
        return this;
    }

    SettingsBuilder queue(int size) {
        settings.queue(new QueueSettings(size, Duration.ofSeconds(2)));
        return this;
    }

    SettingsBuilder outlier(OutlierSettings value, TripOn how) {
        settings.outlier(value);
        settings.tripOn(how);
        return this;
    }

    FailoverSettings build() {
        return settings.build();
    }
}
