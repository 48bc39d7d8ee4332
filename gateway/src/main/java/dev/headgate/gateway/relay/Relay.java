package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.guard.BreakerCounts;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.route.Explanation;
import dev.headgate.core.route.PolicyPools;
import dev.headgate.core.route.PoolSignals;
import dev.headgate.gateway.signal.BackendSignals;
import dev.headgate.gateway.upstream.ConnectionGate;
import dev.headgate.gateway.upstream.PoolBreaker;
import dev.headgate.gateway.upstream.UpstreamSettings;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all relayed requests share: the core's router, the connections, the configuration in force. Thread-safe. */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.headgate.access");
    private static final long ADVANCE_MILLIS = 50;

    private final RelayMetrics metrics = new RelayMetrics();
    private final TrafficLog traffic = new TrafficLog();
    private final Map<String, TokenCache> tokens = new ConcurrentHashMap<>();
    private final Map<CircuitBreaker, PoolBreaker> breakers = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong(1);
    private final boolean logsAccess;
    private final long stallNanos;
    private final FailoverRouter router;
    private final PolicyPools policies;
    private final Upstreams upstreams;
    private final BackendSignals signals;
    private final ScheduledFuture<?> advancing;
    private volatile RelayConfig config;

    private Relay(EventLoopGroup loops, RelayOptions options, Duration stallTime, boolean logsAccess) {
        this.logsAccess = logsAccess;
        this.stallNanos = stallTime.toNanos();
        config = new RelayConfig(options, null, tokens);
        upstreams = Upstreams.with(UpstreamSettings.DEFAULTS);
        signals = new BackendSignals(loops, upstreams, metrics);
        signals.ask(config.asked());
        router = new FailoverRouter(
                options.plan(), System::nanoTime, ThreadLocalRandom::current, new RelayEvents(metrics), signals);
        policies = new PolicyPools(router);
        signals.begin(policies);
        advancing = loops.next()
                .scheduleWithFixedDelay(this::advance, ADVANCE_MILLIS, ADVANCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void advance() {
        try {
            router.advance();
        } catch (RuntimeException e) {
            LOG.error("what is due was not all done", e); // the next turn comes all the same
        }
    }

    /**
     * Returns a relay whose requests run on {@code loops}.
     *
     * @param stallTime after which a caller that takes nothing is cut off
     * @param logsAccess whether each request is logged
     */
    public static Relay on(EventLoopGroup loops, RelayOptions options, Duration stallTime, boolean logsAccess) {
        return new Relay(loops, options, stallTime, logsAccess);
    }

    /** Hands its router to {@code sharing}; to be called before the first request. */
    public void share(Consumer<FailoverRouter> sharing) {
        sharing.accept(router);
    }

    /**
     * Puts other backends, pools and routes into force, all at once; requests in flight end as they began.
     *
     * @throws IllegalArgumentException if a policy does not start; then nothing has changed
     */
    public synchronized void reload(RelayOptions options) {
        RelayConfig before = config;
        config = new RelayConfig(options, before, tokens); // first: who is routed anew must find its backend
        signals.ask(config.asked()); // before the router, which asks new backends at once
        try {
            router.changed(options.plan());
        } catch (RuntimeException e) {
            config = before;
            signals.ask(before.asked());
            throw e;
        }
        breakers.keySet().removeIf(breaker -> !isInForce(breaker, options));
        options.plan().pools().forEach(this::forgetGone);
        upstreams.retain(config.targets());
        metrics.reloaded();
        generation.incrementAndGet();
    }

    /** Forgets the backends that a pool has no longer. */
    private void forgetGone(FailoverPlan.PoolPlan pool) {
        CircuitBreaker breaker = router.breaker(pool.name());
        PoolBreaker known = breaker == null ? null : breakers.get(breaker);
        if (breaker != null && known != null) {
            known.retain(pool.backends().stream()
                    .map(backend -> breaker.gate(backend.id()))
                    .collect(Collectors.toSet()));
        }
    }

    private boolean isInForce(CircuitBreaker breaker, RelayOptions options) {
        return options.plan().pools().stream().anyMatch(pool -> router.breaker(pool.name()) == breaker);
    }

    /** Returns how many configurations have been in force, the one in force included. */
    public long generation() {
        return generation.get();
    }

    /** Returns the configuration in force. */
    public RelayOptions options() {
        return config.options();
    }

    /** Returns the ids of a pool's backends, empty if there is no such pool. */
    public Set<String> backends(String pool) {
        Set<String> ids = new HashSet<>();
        options().plan().pools().stream()
                .filter(plan -> plan.name().equals(pool))
                .forEach(plan ->
                        plan.backends().forEach(backend -> ids.add(backend.id().value())));
        return ids;
    }

    /** Returns how the policy of a pool stands, null if there is no such pool or it has none. */
    public @Nullable PolicyStatus policy(String pool) {
        return policies.status(pool);
    }

    /**
     * Hands {@code news} what tells a pool's policy of its backends, under the pool's lock: quick, and does not call back.
     * Returns false if there is no such pool or it has no policy.
     */
    public boolean tell(String pool, Consumer<PoolSignals> news) {
        return policies.tell(pool, news);
    }

    /** Returns the explanation of a decision, empty if there is none or it is too old. */
    public Optional<Explanation> explanation(String decision) {
        return policies.explanation(decision);
    }

    /** Returns how all backends stand. */
    public List<BackendStatus> status() {
        return router.status();
    }

    /** Takes a backend out of use for new requests; false if there is none of that name. */
    public boolean drain(String pool, String backend) {
        return router.drain(pool, backend);
    }

    /** Ends {@link #drain}; false if there is none of that name. */
    public boolean undrain(String pool, String backend) {
        return router.undrain(pool, backend);
    }

    /** Returns the counts of the circuit breakers by pool, of pools that have one. */
    public Map<String, BreakerCounts> breakerCounts() {
        Map<String, BreakerCounts> counts = new TreeMap<>();
        for (FailoverPlan.PoolPlan pool : options().plan().pools()) {
            CircuitBreaker breaker = router.breaker(pool.name());
            if (breaker != null && pool.settings().circuitBreaker() != null) {
                counts.put(pool.name(), breaker.counts());
            }
        }
        return counts;
    }

    /** Returns what is asked at this time. */
    public TrafficLog traffic() {
        return traffic;
    }

    /** Returns the counters. */
    public RelayMetrics metrics() {
        return metrics;
    }

    FailoverRouter router() {
        return router;
    }

    /** Returns how many connections to backends are open or being opened. */
    public int upstreamConnections() {
        return upstreams.openConnections();
    }

    /** Returns how many of them wait for a request. */
    public int idleUpstreamConnections() {
        return upstreams.idleConnections();
    }

    Upstreams upstreams() {
        return upstreams;
    }

    /** Returns what an attempt's connection passes: the gate of its backend in the circuit breaker of its pool. */
    ConnectionGate gate(Attempt attempt) {
        BreakerSettings settings = attempt.settings().circuitBreaker();
        if (settings == null) {
            return ConnectionGate.NONE;
        }
        CircuitBreaker.Gate gate = attempt.gate();
        return breakers.computeIfAbsent(gate.breaker(), _ -> new PoolBreaker(settings))
                .gate(gate);
    }

    /** Returns how long a caller may take nothing. */
    long stallNanos() {
        return stallNanos;
    }

    RelayConfig config() {
        return config;
    }

    void ended(RelayedRequest request) {
        metrics.ended(request);
        if (logsAccess) {
            ACCESS.info(request.line());
        }
    }

    @Override
    public void close() {
        advancing.cancel(false);
        signals.close();
        upstreams.close();
    }
}
