package dev.headgate.app.config;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.AllFailed;
import dev.headgate.core.failover.FailoverSettings.AttemptSettings;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings.After;
import dev.headgate.core.failover.FailoverSettings.QueueSettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.BreakerSettings.PerEndpoint;
import dev.headgate.core.guard.BreakerSettings.RetryConcurrency;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.request.FailoverStatuses;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads how a pool of backends serves: the keys of a pool beside its backends. */
final class PoolReader {
    private static final FailoverSettings STANDARD = FailoverSettings.DEFAULTS;
    private static final Kind<Duration> ANY = Kind.duration(Duration.ZERO);
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    private static final Kind<Duration> OR_OFF = SOME.or("off", Duration.ZERO);
    private static final Kind<Duration> OR_AUTO = SOME.or("auto", Duration.ZERO);
    private static final Kind<Integer> LIMIT = Kind.integer(0, Integer.MAX_VALUE);
    private static final Kind<Integer> STATUS = Kind.integer(300, 599);

    /** Stands for a time that is measured, where times are read. */
    private static final Duration P95 = Duration.ofSeconds(-95);

    private PoolReader() {}

    static FailoverSettings read(Section section) {
        if (section.isGiven("router")) {
            for (String other : List.of("selection", "queue", "hedge")) {
                section.refused(other, "none, as the pool has a router");
            }
        }
        return new FailoverSettings(
                section.value("selection", Kind.choice(FailoverSettings.Selection.class), STANDARD.selection()),
                attempts(section.section("attempts"), STANDARD.attempts()),
                timeouts(section.section("timeouts"), STANDARD.timeouts()),
                cooldown(section.section("cooldown"), STANDARD.cooldown()),
                failoverOn(section.section("failoverOn")),
                section.value("allFailed", Kind.choice(allFailed()), STANDARD.allFailed()),
                section.value(
                        "contentPolicy", Kind.choice(FailoverSettings.ContentPolicy.class), STANDARD.contentPolicy()),
                recovery(section.section("recovery"), STANDARD.recovery()),
                section.value("earlySpill", Kind.number(0, 1).or("off", 0.0), STANDARD.earlySpill()),
                retryBudget(section.section("retryBudget"), STANDARD.retryBudget()),
                hedge(section.section("hedge"), STANDARD.hedge()),
                section.sectionOrOff("circuitBreaker")
                        .map(PoolReader::circuitBreaker)
                        .orElse(null),
                queue(section.section("queue"), STANDARD.queue()),
                section.sectionOrOff("outlier").map(OutlierReader::read).orElse(null),
                section.value("tripOn", Kind.choice(FailoverSettings.TripOn.class), STANDARD.tripOn()),
                RouterReader.read(section));
    }

    private static AttemptSettings attempts(Section section, AttemptSettings standard) {
        AttemptSettings attempts = new AttemptSettings(
                section.value("max", Kind.integer(0, 1000), standard.max()),
                section.value("onlyIfFasterThan", OR_OFF, standard.onlyIfFasterThan()),
                section.value("retryBeforeFallback", Kind.integer(0, 100), standard.retryBeforeFallback()),
                section.value("waitBeforeFallback", ANY, standard.waitBeforeFallback()));
        section.end();
        return attempts;
    }

    private static TimeoutSettings timeouts(Section section, TimeoutSettings standard) {
        TimeoutSettings timeouts = new TimeoutSettings(
                section.value("connect", SOME, standard.connect()),
                section.value("ttft", OR_AUTO, standard.ttft()),
                section.value("response", SOME, standard.response()),
                section.value("idle", OR_AUTO, standard.idle()),
                section.value("total", SOME, standard.total()));
        section.end();
        return timeouts;
    }

    private static CooldownSettings cooldown(Section section, CooldownSettings standard) {
        Duration withoutHint = section.value("default", ANY, standard.withoutHint());
        Duration longest = section.value("defaultMax", ANY, standard.maxWithoutHint());
        CooldownSettings cooldown = new CooldownSettings(
                withoutHint,
                longest.compareTo(withoutHint) < 0 ? withoutHint : longest,
                section.value("max", ANY, standard.max()),
                section.value("quota", ANY, standard.quota()),
                section.value("auth", ANY, standard.auth()),
                section.value("jitter", Kind.number(0, 1), standard.jitter()),
                section.value("reportMax", OR_OFF, standard.reportMax()),
                section.value(
                        "halfOpen", Kind.choice(Map.of("single-probe", true)).or("off", false), standard.probesFirst()),
                section.value("slowStart", OR_OFF, standard.slowStart()));
        section.end();
        if (section.isSound() && section.has("defaultMax") && longest.compareTo(withoutHint) < 0) {
            section.problem(
                    "defaultMax",
                    Quantity.text(longest) + " (expected: >= default, " + Quantity.text(withoutHint) + ")");
        }
        return cooldown;
    }

    private static FailoverStatuses failoverOn(Section section) {
        FailoverStatuses statuses = new FailoverStatuses(
                Set.copyOf(section.values("add", STATUS, List.of())),
                Set.copyOf(section.values("remove", STATUS, List.of())));
        section.end();
        return statuses;
    }

    private static Map<String, AllFailed> allFailed() {
        Map<String, AllFailed> words = new LinkedHashMap<>();
        words.put("auto", AllFailed.AUTO);
        words.put("429", AllFailed.THROTTLED);
        words.put("last-response", AllFailed.LAST_RESPONSE);
        return words;
    }

    private static RecoverySettings recovery(Section section, RecoverySettings standard) {
        RecoverySettings recovery = new RecoverySettings(
                section.values("modes", Kind.choice(RecoverySettings.Mode.class), standard.modes()).stream()
                        .distinct()
                        .toList(),
                section.value("maxBytes", Kind.bytes(16 << 20), (long) standard.maxBytes())
                        .intValue(),
                section.value("max", Kind.integer(0, 100), standard.max()));
        section.end();
        return recovery;
    }

    private static RetryBudgetSettings retryBudget(Section section, RetryBudgetSettings standard) {
        RetryBudgetSettings budget = new RetryBudgetSettings(
                section.value("percent", Kind.percent(), standard.percent()),
                section.value("minPerWindow", LIMIT, standard.minPerWindow()),
                section.value("window", SOME, standard.window()));
        section.end();
        return budget;
    }

    private static HedgeSettings hedge(Section section, HedgeSettings standard) {
        Duration after = section.value("after", OR_OFF.or("p95", P95), standard.delay());
        HedgeSettings hedge = new HedgeSettings(
                after.equals(P95) ? After.P95 : after.isZero() ? After.OFF : After.FIXED,
                after.equals(P95) ? Duration.ZERO : after,
                section.value("budgetPercent", Kind.percent(), standard.budgetPercent()));
        section.end();
        return hedge;
    }

    private static BreakerSettings circuitBreaker(Section section) {
        BreakerSettings standard = BreakerSettings.DEFAULTS;
        BreakerSettings breaker = new BreakerSettings(
                section.value("maxConnections", LIMIT, standard.maxConnections()),
                section.value("maxPendingRequests", LIMIT, standard.maxPendingRequests()),
                section.value("maxParallelRequests", LIMIT, standard.maxParallelRequests()),
                section.value("maxParallelRetries", LIMIT, standard.maxParallelRetries()),
                section.value("maxRequestsPerConnection", LIMIT, standard.maxRequestsPerConnection()),
                section.value(
                        "pendingCounts", Kind.choice(BreakerSettings.PendingCounts.class), standard.pendingCounts()),
                section.sectionOrOff("perEndpoint").map(PoolReader::perEndpoint).orElse(null),
                section.sectionOrOff("retryBudget")
                        .map(PoolReader::retryConcurrency)
                        .orElse(null),
                section.value("body", Kind.choice(BreakerSettings.Body.class), standard.body()));
        section.end();
        return breaker;
    }

    private static PerEndpoint perEndpoint(Section section) {
        Optional<Integer> connections = section.optional("maxConnections", LIMIT);
        Optional<Integer> parallel = section.optional("maxParallelRequests", LIMIT);
        Optional<Integer> pending = section.optional("maxPendingRequests", LIMIT);
        section.end();
        return new PerEndpoint(
                connections.orElse(Integer.MAX_VALUE),
                parallel.orElse(Integer.MAX_VALUE),
                pending.orElse(Integer.MAX_VALUE));
    }

    private static RetryConcurrency retryConcurrency(Section section) {
        RetryConcurrency standard = RetryConcurrency.DEFAULTS;
        RetryConcurrency budget = new RetryConcurrency(
                section.value("percent", Kind.percent(), standard.percent()),
                section.value("minRetryConcurrency", LIMIT, standard.minRetryConcurrency()));
        section.end();
        return budget;
    }

    private static QueueSettings queue(Section section, QueueSettings standard) {
        QueueSettings queue = new QueueSettings(
                section.value("size", Kind.integer(0, 1_000_000), standard.size()),
                section.value("maxWait", SOME, standard.maxWait()));
        section.end();
        return queue;
    }
}
