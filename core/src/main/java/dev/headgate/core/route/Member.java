package dev.headgate.core.route;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineLearner;
import dev.headgate.core.signal.HitFeedback;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RecentSum;
import dev.headgate.core.signal.RoutingStats;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An endpoint while it belongs to a pool: what a lease and a probe hold on to. What choices read often is in {@link Members}. */
final class Member {
    static final int GONE = -1;

    /** About as long as an idle conversation is kept by an engine under load. */
    private static final long RECENT_NANOS = 60_000_000_000L;

    PoolEndpoint endpoint;
    final HitFeedback feedback = new HitFeedback();
    final EngineLearner learner;
    int index = GONE; // in Members; GONE once it left
    int slot; // in the prefix index
    int indexedTokens; // of the prompt that was looked up last, by the index alone

    @Nullable
    Probe probe; // the one in flight

    int requestsElsewhere; // what other routers of the pool assigned to it; counted in Members too
    long pendingElsewhere;
    long residentElsewhere;
    final PromptBacklog backlog = new PromptBacklog();
    final RecentSum newTokens = new RecentSum(RECENT_NANOS);
    boolean isChanged; // listed among those that may help whoever waits
    private final Map<String, Integer> inFlight = new HashMap<>(); // by the model or adapter that requests name
    private LoadReport report = LoadReport.UNKNOWN;
    private RoutingStats stats = RoutingStats.NONE;
    private long reportedAtNanos;
    private long statsAtNanos;

    Member(PoolEndpoint endpoint, EngineLearner learner) {
        this.endpoint = endpoint;
        this.learner = learner;
    }

    EndpointId id() {
        return endpoint.id();
    }

    boolean isGone() {
        return index == GONE;
    }

    /** A request for {@code model} was assigned to it; empty = for none in particular. */
    void enter(String model) {
        if (!model.isEmpty()) {
            inFlight.merge(model, 1, Integer::sum);
        }
    }

    /** A request for {@code model} has left it. */
    void leave(String model) {
        if (!model.isEmpty()) {
            inFlight.computeIfPresent(model, (name, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Returns how many requests for {@code model} it has. */
    int inFlight(String model) {
        return inFlight.getOrDefault(model, 0);
    }

    /** Returns for how many models it has requests. */
    int modelsInFlight() {
        return inFlight.size();
    }

    /** Returns how many requests it has for which model. */
    Map<String, Integer> inFlightByModel() {
        return Map.copyOf(inFlight);
    }

    /** Takes what its engine reported; {@code atNanos} is when that was true. */
    void reported(LoadReport newReport, long atNanos) {
        report = newReport;
        reportedAtNanos = atNanos;
    }

    void said(RoutingStats newStats, long atNanos) {
        stats = newStats;
        statsAtNanos = atNanos;
    }

    double waiting() {
        return report.waiting();
    }

    double running() {
        return report.running();
    }

    double kvUsage() {
        return report.kvUsage();
    }

    /** Returns how old the last report is, −1 if there was none. */
    long reportAgeNanos(long nowNanos) {
        return report.ageNanos() < 0 ? -1 : Math.max(0, nowNanos - reportedAtNanos);
    }

    /** Returns the last report with its age. */
    LoadReport report(long nowNanos) {
        return new LoadReport(report.waiting(), report.running(), report.kvUsage(), reportAgeNanos(nowNanos));
    }

    /** Returns what it said last, with its age. */
    RoutingStats stats(long nowNanos) {
        return stats.ageNanos() < 0
                ? stats
                : new RoutingStats(stats.numbers(), stats.texts(), Math.max(0, nowNanos - statsAtNanos));
    }
}
