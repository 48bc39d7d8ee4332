package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.request.CoolingCause;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what failover does into log lines and counters (gateway.md §16). Thread-safe. */
final class RelayEvents implements FailoverListener {
    private static final Logger LOG = LoggerFactory.getLogger("dev.headgate.failover");

    private static final long WARN_NANOS = 1_000_000_000L;
    private static final int LONGEST_WORD = 100;

    private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - WARN_NANOS);
    private final RelayMetrics metrics;

    RelayEvents(RelayMetrics metrics) {
        this.metrics = metrics;
    }

    private static String backend(Attempt attempt) {
        return "pool=\"" + attempt.pool() + "\",backend=\""
                + attempt.backend().id().value() + '"';
    }

    private static String pool(String name) {
        return "pool=\"" + name + '"';
    }

    @Override
    public void attemptEnded(Attempt attempt, String outcome, long elapsedNanos) {
        metrics.attempt(attempt, outcome);
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "attempt backend={} model={} outcome={} ms={}",
                    attempt.backend().id(),
                    shown(attempt.upstreamModel()),
                    outcome,
                    elapsedNanos / 1_000_000);
        }
    }

    @Override
    public void firstToken(Attempt attempt, long elapsedNanos) {
        metrics.pool(attempt.pool()).firstTokens.record(elapsedNanos);
    }

    @Override
    public void failover(Attempt failed, Attempt next, String cause) {
        metrics.count(Metric.FAILOVERS, backend(failed) + ",cause=\"" + cause + '"');
    }

    @Override
    public void cooling(
            String pool,
            String backend,
            String upstreamModel,
            CoolingCause cause,
            int status,
            long waitMillis,
            String source) {
        String labels = pool(pool) + ",backend=\"" + backend + "\",cause=\"" + cause.label() + '"';
        metrics.count(Metric.COOLDOWNS, labels);
        metrics.add(Metric.COOLDOWN_MILLIS, labels, waitMillis);
        LOG.info(
                "backend cooling backend={} cause={} status={} wait={}s source={}{}",
                backend,
                cause,
                status,
                (waitMillis + 999) / 1000,
                source,
                upstreamModel.isEmpty() ? "" : " model=" + shown(upstreamModel));
    }

    @Override
    public void available(String pool, String backend, String upstreamModel) {
        LOG.info(
                "backend available backend={}{}",
                backend,
                upstreamModel.isEmpty() ? "" : " model=" + shown(upstreamModel));
    }

    @Override
    public void ejected(String pool, String backend, long waitMillis) {
        metrics.count(Metric.EJECTIONS, pool(pool) + ",backend=\"" + backend + '"');
        LOG.info("backend ejected backend={} wait={}s", backend, (waitMillis + 999) / 1000);
    }

    @Override
    public void noBackendAvailable(String model, long soonestMillis) {
        long now = System.nanoTime();
        long before = warnedNanos.get();
        if (now - before >= WARN_NANOS && warnedNanos.compareAndSet(before, now)) { // each request would fill the log
            LOG.warn("no backend available model={} soonest={}s", shown(model), (soonestMillis + 999) / 1000);
        }
    }

    /** Returns a caller's word as it may stand in a log: on one line, and not too long. */
    static String shown(String word) {
        String start = word.length() <= LONGEST_WORD ? word : word.substring(0, LONGEST_WORD) + '…';
        return start.codePoints().anyMatch(Character::isISOControl) ? start.replaceAll("\\p{Cntrl}", "?") : start;
    }

    @Override
    public void spilledEarly(String pool, String model) {
        metrics.count(Metric.SPILLS, pool(pool));
    }

    @Override
    public void retryBudgetSpent(String pool) {
        metrics.count(Metric.BUDGET_REFUSALS, pool(pool));
    }

    @Override
    public void hedged(Attempt hedge) {
        metrics.count(Metric.HEDGES, pool(hedge.pool()));
    }

    @Override
    public void hedgeDecided(String pool, boolean hedgeWon) {
        metrics.count(Metric.HEDGES_DECIDED, pool(pool) + ",won=\"" + hedgeWon + '"');
    }

    @Override
    public void routerFailed(String pool, String router, RouterFault fault) {
        String labels = pool(pool) + ",kind=\"" + fault.label() + '"';
        metrics.count(Metric.ROUTER_FAILURES, labels);
        long count = metrics.counted(Metric.ROUTER_FAILURES, labels);
        if (Long.bitCount(count) == 1) { // one that always fails would fill the log
            LOG.warn("router failed pool={} router={} kind={} count={}", pool, router, fault.label(), count);
        }
    }

    @Override
    public void routerQuarantined(String pool, String router, int generation) {
        LOG.warn(
                "router quarantined, its fallback chooses until there is another pool={} router={} generation={}",
                pool,
                router,
                generation);
    }

    @Override
    public void routerSwapped(String pool, String router, int generation) {
        LOG.info("router swapped pool={} router={} generation={}", pool, router, generation);
    }
}
