package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.signal.EngineFault;
import dev.headgate.gateway.signal.SignalCounts;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The counters and histograms of the relay; {@link Metric} declares them. Labels are bounded: pools and backends are
 * configured, outcomes and causes are closed sets. Thread-safe.
 */
public final class RelayMetrics implements SignalCounts {
    private static final double NANOS_PER_SECOND = 1e9;

    private static final Set<Metric> LABELLED = EnumSet.of(
            Metric.ATTEMPTS,
            Metric.FAILOVERS,
            Metric.COOLDOWNS,
            Metric.COOLDOWN_MILLIS,
            Metric.RECOVERIES,
            Metric.HEDGES,
            Metric.HEDGES_DECIDED,
            Metric.SPILLS,
            Metric.BUDGET_REFUSALS,
            Metric.EJECTIONS,
            Metric.ROUTER_FAILURES,
            Metric.INQUIRIES,
            Metric.DROPPED_FIELDS,
            Metric.REFUSALS);

    private final LongAdder requests = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder ignoredHeaders = new LongAdder();
    private final LongAdder seconds = new LongAdder(); // in nanoseconds
    private final Map<String, Labelled> labelled = new ConcurrentHashMap<>();
    private final Map<String, PoolMetrics> pools = new ConcurrentSkipListMap<>();
    private final Histogram overhead =
            new Histogram(50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 50_000_000);
    private volatile IdentityHashMap<Backend, Map<String, LongAdder>> attempts =
            new IdentityHashMap<>(); // replaced, not changed

    void began() {
        requests.increment();
    }

    void ended(RelayedRequest request) {
        ended.increment();
        seconds.add(request.elapsedNanos());
    }

    /** The first attempt of a request is on its way, so long after the request was whole. */
    void sent(long elapsedNanos) {
        overhead.record(elapsedNanos);
    }

    /** Returns what is measured of {@code pool}. */
    PoolMetrics pool(String pool) {
        PoolMetrics known = pools.get(pool);
        return known != null ? known : pools.computeIfAbsent(pool, _ -> new PoolMetrics());
    }

    /** A stream that broke was taken up again, or could not be. */
    void recovered(String pool, RecoveryMode mode, String result) {
        count(Metric.RECOVERIES, label(pool) + ",mode=\"" + mode.label() + "\",result=\"" + result + '"');
    }

    @Override
    public void asked(String labels, String what, String result) {
        count(Metric.INQUIRIES, labels + ",what=\"" + what + "\",result=\"" + result + '"');
    }

    @Override
    public void dropped(String labels, EngineFault fault, long times) {
        add(Metric.DROPPED_FIELDS, labels + ",reason=\"" + fault.label() + '"', times);
    }

    void refused(FailureKind kind) {
        count(Metric.REFUSALS, "kind=\"" + kind.code() + "\"");
    }

    /** Counts an attempt that ended; of the common outcome nothing is made but a look-up. */
    void attempt(Attempt attempt, String outcome) {
        Map<String, LongAdder> outcomes = attempts.get(attempt.backend());
        if (outcomes == null) {
            outcomes = outcomesOf(attempt.backend());
        }
        LongAdder counter = outcomes.get(outcome);
        if (counter == null) {
            String labels = "pool=\"" + attempt.pool() + "\",backend=\""
                    + attempt.backend().id().value() + "\",outcome=\"" + outcome + '"';
            counter = outcomes.computeIfAbsent(outcome, _ -> adder(Metric.ATTEMPTS, labels));
        }
        counter.increment();
    }

    private synchronized Map<String, LongAdder> outcomesOf(Backend backend) {
        Map<String, LongAdder> known = attempts.get(backend);
        if (known == null) {
            known = new ConcurrentHashMap<>();
            IdentityHashMap<Backend, Map<String, LongAdder>> more = new IdentityHashMap<>(attempts);
            more.put(backend, known);
            attempts = more;
        }
        return known;
    }

    /** Backends may have gone; what was counted for them stays. */
    synchronized void reloaded() {
        attempts = new IdentityHashMap<>();
    }

    private Labelled adder(Metric metric, String labels) {
        return labelled.computeIfAbsent(metric.text() + labels, _ -> new Labelled(metric, labels));
    }

    void ignoredHeader() {
        ignoredHeaders.increment();
    }

    /** Adds one to a counter; {@code labels} are as in the exposition format. */
    void count(Metric metric, String labels) {
        add(metric, labels, 1);
    }

    /** Returns the value of a counter. */
    long counted(Metric metric, String labels) {
        return adder(metric, labels).sum();
    }

    void add(Metric metric, String labels, long amount) {
        adder(metric, labels).add(amount);
    }

    /** Writes all counters in Prometheus' text format. */
    public void writeTo(StringBuilder text) {
        Metric.REQUESTS.only(text, requests.sum());
        Metric.REQUESTS_IN_FLIGHT.only(text, Math.max(0, requests.sum() - ended.sum()));
        Metric.IGNORED_HEADERS.only(text, ignoredHeaders.sum());
        Metric.REQUEST_SECONDS.header(text);
        Metric.REQUEST_SECONDS.line(text, "", "", seconds.sum() / NANOS_PER_SECOND);
        Metric.OVERHEAD.header(text);
        overhead.writeTo(text, Metric.OVERHEAD, "");
        writePools(text, Metric.COMMITS, pool -> pool.commits);
        writePools(text, Metric.FIRST_TOKEN, pool -> pool.firstTokens);
        writePools(text, Metric.TOKEN_GAP, pool -> pool.tokenGaps);
        Metric.WASTED_TOKENS.header(text);
        pools.forEach((name, pool) -> Metric.WASTED_TOKENS.line(text, label(name), pool.wastedTokens.sum()));
        for (Metric metric : LABELLED) {
            metric.header(text);
            labelled.values().stream()
                    .filter(counter -> counter.metric == metric)
                    .sorted((a, b) -> a.labels.compareTo(b.labels))
                    .forEach(counter -> metric.line(text, counter.labels, counter.sum()));
        }
    }

    private void writePools(StringBuilder text, Metric metric, Function<PoolMetrics, Histogram> which) {
        metric.header(text);
        pools.forEach((name, pool) -> which.apply(pool).writeTo(text, metric, label(name)));
    }

    private static String label(String pool) {
        return "pool=\"" + pool + '"';
    }

    private static final class Labelled extends LongAdder {
        private static final long serialVersionUID = 1;

        private final Metric metric;
        private final String labels;

        Labelled(Metric metric, String labels) {
            this.metric = metric;
            this.labels = labels;
        }
    }
}
