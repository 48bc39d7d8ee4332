package dev.headgate.core.failover;

import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.pool.Place;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.time.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Routes requests over pools of backends, with failover (gateway.md §2–§7). Thread-safe; the request path is lock-free,
 * and no lock is held where callers and the listener are called, save what a pool's router does.
 */
public final class FailoverRouter {
    private static final int LONGEST_QUOTE = 100;

    final FailoverListener listener;
    private final Ticker ticker;
    private final BackendPort port;
    private final Supplier<RandomGenerator> random;
    private final List<PoolGuards> guards = new CopyOnWriteArrayList<>(); // also those of before that callers wait in
    private final List<PoolPolicy> retired = new CopyOnWriteArrayList<>();
    private FailoverPlan plan;
    private volatile SharedPort shared = SharedPort.NONE;
    private volatile Routing routing;

    /**
     * Creates a router whose backends are not asked about themselves.
     *
     * @param random gives the calling thread's generator
     */
    public FailoverRouter(
            FailoverPlan plan, Ticker ticker, Supplier<RandomGenerator> random, FailoverListener listener) {
        this(plan, ticker, random, listener, BackendPort.NONE);
    }

    /**
     * Creates a router.
     *
     * @param random gives the calling thread's generator
     * @param port asks backends about themselves; may be called before this returns
     */
    public FailoverRouter(
            FailoverPlan plan,
            Ticker ticker,
            Supplier<RandomGenerator> random,
            FailoverListener listener,
            BackendPort port) {
        this.ticker = ticker;
        this.port = port;
        this.random = random;
        this.listener = listener;
        this.plan = plan;
        routing = new Routing(plan, null, random, this);
        keepGuards(routing);
    }

    /**
     * Changes pools and routes. Calls in flight end as they began; what is known of backends of the same pool, id and
     * address survives.
     *
     * @throws IllegalArgumentException if a pool's policy does not start; then the plan of before is in force
     */
    public synchronized void changed(FailoverPlan next) {
        Routing before = routing;
        try {
            routing = new Routing(next, before, random, this);
            plan = next;
            retire(before);
        } catch (RuntimeException e) {
            routing = new Routing(plan, before, random, this); // pools before the one that failed have changed
            throw e;
        } finally {
            keepGuards(routing);
        }
    }

    /**
     * Tells {@code port} from now on what other processes should know; to be called before the first call is opened.
     * Returns where to put what they say.
     */
    public SharedNews sharedBy(SharedPort port) {
        shared = port;
        return new SharedNews(this);
    }

    /** Opens a call; {@code caller} hears of it if it was queued. */
    public FailoverCall open(FailoverRequest request, FailoverCall.Caller caller) {
        Routing current = routing;
        long now = now();
        List<Routing.Leg> legs = current.legs(request.model(), now);
        return new FailoverCall(this, request, caller, legs, current.first(legs, now));
    }

    /** Runs what is due (queue waits, outlier intervals); call it about each 100 ms. */
    public void advance() {
        long now = now();
        for (PoolGuards each : guards) {
            each.advance(now);
        }
        for (PoolState pool : routing.pools.values()) {
            if (pool.policy != null) {
                pool.policy.advance();
            }
        }
        for (PoolPolicy each : retired) {
            each.advance();
        }
        retired.removeIf(each -> each.status().waiting() == 0);
    }

    /** Policies that are in no pool any longer still serve those who wait for them. */
    private void retire(Routing before) {
        for (PoolState pool : before.pools.values()) {
            PoolState now = routing.pools.get(pool.name);
            if (pool.policy != null && (now == null || now.policy != pool.policy)) {
                retired.add(pool.policy);
            }
        }
    }

    /** Takes a backend out of use for new attempts; false if there is none of that name. */
    public boolean drain(String pool, String backend) {
        return drained(pool, backend, true);
    }

    /** Ends {@link #drain}; false if there is no backend of that name. */
    public boolean undrain(String pool, String backend) {
        return drained(pool, backend, false);
    }

    /** Returns how all backends stand, in the order configured. */
    public List<BackendStatus> status() {
        List<BackendStatus> all = new ArrayList<>();
        for (PoolState pool : routing.pools.values()) {
            for (int i = 0; i < pool.states.length; i++) {
                all.add(Standings.of(pool, i, now()));
            }
        }
        return all;
    }

    /** Returns the circuit breaker of a pool, null if there is no such pool; the same one until its settings change. */
    public @Nullable CircuitBreaker breaker(String pool) {
        PoolState state = routing.pools.get(pool);
        return state == null ? null : state.breaker;
    }

    /** Returns the policy of a pool, null if there is no such pool or it has none. */
    public @Nullable PoolPolicy policy(String pool) {
        PoolState state = pool(pool);
        return state == null ? null : state.policy;
    }

    SharedPort shared() {
        return shared;
    }

    /** Returns the pools of the plan in force. */
    Collection<PoolState> pools() {
        return routing.pools.values();
    }

    /** Returns the pool of this name in the plan in force, null if there is none. */
    @Nullable
    PoolState pool(String name) {
        return routing.pools.get(name);
    }

    /** Returns what the policy of {@code pool} stands on; its generator draws from that of whichever thread asks. */
    PolicySettings.Ground ground(String pool, Place self) {
        return new PolicySettings.Ground(pool, ticker, () -> random.get().nextLong(), port, listener, self);
    }

    long now() {
        return ticker.nanos();
    }

    Supplier<RandomGenerator> random() {
        return random;
    }

    /** Returns the guards that count for {@code pool} now, as it may be of an earlier configuration. */
    PoolGuards guardsOf(PoolState pool) {
        PoolState current = routing.pools.get(pool.name);
        return current == null ? pool.guards : current.guards;
    }

    /** Returns the refusal of a model that nothing serves, with the names that may have been meant. */
    Step unknownModel(String model) {
        List<String> near = routing.near(model);
        StringBuilder message =
                new StringBuilder("The model ").append(quoted(model)).append(" is not served here");
        if (!near.isEmpty()) {
            message.append("; near names: ").append(String.join(", ", near));
        }
        message.append('.');
        return new Step.Refuse(Failure.of(FailureKind.MODEL_NOT_FOUND, message.toString()), Step.Advice.NONE);
    }

    /** Returns a caller's word as it may stand in a message. */
    static String quoted(String word) {
        return word.length() <= LONGEST_QUOTE ? "`" + word + "`" : "`" + word.substring(0, LONGEST_QUOTE) + "…`";
    }

    private boolean drained(String pool, String backend, boolean isDrained) {
        PoolState found = routing.pools.get(pool);
        BackendState state = found == null ? null : found.stateOf(backend);
        if (state == null) {
            return false;
        }
        state.isDrained = isDrained;
        return true;
    }

    private void keepGuards(Routing current) {
        guards.removeIf(each -> each.queue.size() == 0);
        for (PoolState pool : current.pools.values()) {
            if (!guards.contains(pool.guards)) {
                guards.add(pool.guards);
            }
        }
    }
}
