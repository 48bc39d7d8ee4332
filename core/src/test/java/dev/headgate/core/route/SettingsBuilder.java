package dev.headgate.core.route;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.route.FailoverSettings.AllFailed;
import dev.headgate.core.route.FailoverSettings.AttemptSettings;
import dev.headgate.core.route.FailoverSettings.ContentPolicy;
import dev.headgate.core.route.FailoverSettings.HedgeSettings;
import dev.headgate.core.route.FailoverSettings.QueueSettings;
import dev.headgate.core.route.FailoverSettings.RecoverySettings;
import dev.headgate.core.route.FailoverSettings.Selection;
import dev.headgate.core.route.FailoverSettings.TripOn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The defaults with a few departures. */
final class SettingsBuilder {
    private Selection selection = FailoverSettings.DEFAULTS.selection();
    private AttemptSettings attempts = FailoverSettings.DEFAULTS.attempts();
    private CooldownSettings cooldown = FailoverSettings.DEFAULTS.cooldown();
    private AllFailed allFailed = FailoverSettings.DEFAULTS.allFailed();
    private ContentPolicy contentPolicy = FailoverSettings.DEFAULTS.contentPolicy();
    private RecoverySettings recovery = FailoverSettings.DEFAULTS.recovery();
    private RetryBudgetSettings retryBudget = FailoverSettings.DEFAULTS.retryBudget();
    private HedgeSettings hedge = FailoverSettings.DEFAULTS.hedge();
    private @Nullable BreakerSettings breaker;
    private QueueSettings queue = FailoverSettings.DEFAULTS.queue();
    private @Nullable OutlierSettings outlier;
    private TripOn tripOn = FailoverSettings.DEFAULTS.tripOn();

    static SettingsBuilder defaults() {
        return new SettingsBuilder();
    }

    SettingsBuilder selection(Selection value) {
        selection = value;
        return this;
    }

    SettingsBuilder attempts(int max, Duration onlyIfFasterThan) {
        attempts = new AttemptSettings(max, onlyIfFasterThan, 1, Duration.ofSeconds(3));
        return this;
    }

    SettingsBuilder reported(double jitter, Duration reportMax) {
        CooldownSettings d = CooldownSettings.DEFAULTS;
        cooldown = new CooldownSettings(
                d.withoutHint(),
                d.maxWithoutHint(),
                d.max(),
                d.quota(),
                d.auth(),
                jitter,
                reportMax,
                true,
                d.slowStart());
        return this;
    }

    SettingsBuilder allFailed(AllFailed value) {
        allFailed = value;
        return this;
    }

    SettingsBuilder contentPolicy(ContentPolicy value) {
        contentPolicy = value;
        return this;
    }

    SettingsBuilder recoveries(int max) {
        recovery = new RecoverySettings(recovery.modes(), recovery.maxBytes(), max);
        return this;
    }

    SettingsBuilder retryBudget(double percent, int minPerWindow) {
        retryBudget = new RetryBudgetSettings(percent, minPerWindow, Duration.ofSeconds(10));
        return this;
    }

    SettingsBuilder hedgeAfter(Duration delay, double budgetPercent) {
        hedge = new HedgeSettings(HedgeSettings.After.FIXED, delay, budgetPercent);
        return this;
    }

    SettingsBuilder breaker(BreakerSettings value) {
        breaker = value;
        return this;
    }

    SettingsBuilder queue(int size) {
        queue = new QueueSettings(size, Duration.ofSeconds(2));
        return this;
    }

    SettingsBuilder outlier(OutlierSettings value, TripOn how) {
        outlier = value;
        tripOn = how;
        return this;
    }

    FailoverSettings build() {
        FailoverSettings d = FailoverSettings.DEFAULTS;
        return new FailoverSettings(
                selection,
                attempts,
                d.timeouts(),
                cooldown,
                d.failoverOn(),
                allFailed,
                contentPolicy,
                recovery,
                d.earlySpill(),
                retryBudget,
                hedge,
                breaker,
                queue,
                outlier,
                tripOn);
    }
}
