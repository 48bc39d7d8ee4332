package dev.headgate.core.route;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.Place;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.signal.EngineReading;
import dev.headgate.core.time.Ticker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A pool of backends that is routed by a policy: its {@link PoolRouter} behind a lock. Goes on over reloads.
 *
 * <p>Thread-safe. Callers hear of news under the lock, so what they do with it is quick and does not call back.
 */
final class PolicyPool {
    /** Enough to look at, and one copy of the candidates in a hundred requests. */
    static final double EXPLAINED_SHARE = 0.01;

    private static final int TURNS_PER_LOOK = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final PoolRouter router;
    private final RandomGenerator random;
    private final Ticker ticker;
    private final BackendFacts facts = new BackendFacts();
    private RouterSettings settings;
    private Place self;
    private int turns;

    PolicyPool(String name, RouterSettings settings, FailoverRouter owner, Place self) {
        this.settings = settings;
        this.self = self;
        this.ticker = owner.ticker();
        this.random = owner.sharedRandom();
        RouterNews news = new RouterNews(name, owner.listener, facts);
        router = settings.router(name, ticker, random, owner.port().of(name), news, lock, self);
        router.explain(EXPLAINED_SHARE);
    }

    /**
     * Goes on with other backends and settings; those that stay keep their counters, and another policy takes over.
     *
     * @throws IllegalArgumentException if the other policy does not start; then nothing has changed
     */
    void changed(List<Backend> backends, RouterSettings next, Place nextSelf) {
        boolean swaps = !next.routesLike(settings) || !nextSelf.equals(self);
        RouterPlan plan = swaps ? next.plan(random, lock, nextSelf) : null;
        InstalledRouter ready = plan != null && plan.thread() != null ? ready(plan) : null;
        lock.lock();
        try {
            if (plan != null) {
                (ready == null ? router.swap(plan) : router.swap(ready)).ifPresent(PolicyPool::refuse);
            }
            if (!next.fallback().equals(settings.fallback())) {
                router.fallback(next.second(random));
            }
            settings = next;
            self = nextSelf;
            facts.become(backends);
            router.endpointsChanged(facts.endpoints(next.loop().maxOngoing()));
            router.settingsChanged(next.loop());
            next.flow().ifPresentOrElse(router::flow, router::withoutFlow);
        } finally {
            lock.unlock();
        }
    }

    /** Code of others takes what time it likes to start: nobody who asks for a backend waits for it. */
    private InstalledRouter ready(RouterPlan plan) {
        RouterSwap.Ground ground;
        lock.lock();
        try {
            ground = router.ground();
        } finally {
            lock.unlock();
        }
        return ground.ready(plan);
    }

    private static void refuse(String reason) {
        throw new IllegalArgumentException("router: " + reason);
    }

    /** Asks for a backend; if it waits, its caller hears of news. */
    Asked ask(BackendChoice choice) {
        lock.lock();
        try {
            Decision decision = router.route(choice);
            if (decision instanceof Decision.Routed routed) {
                return new Asked(routed.lease(), null, false);
            }
            if (decision instanceof Decision.Refused refused) {
                return new Asked(null, refused.failure(), false);
            }
            choice.waits();
            return news(choice);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what has become of a choice that waits; one that starves waits no longer. */
    Asked heard(BackendChoice choice) {
        lock.lock();
        try {
            return news(choice);
        } finally {
            lock.unlock();
        }
    }

    private Asked news(BackendChoice choice) {
        Lease granted = choice.granted();
        Failure refusal = choice.refusal();
        boolean isStarved = granted == null && refusal == null && choice.isStarved();
        if (isStarved) {
            router.cancel(choice);
        }
        return new Asked(granted, refusal, isStarved);
    }

    /** The backend of {@code lease} does not take the request: it is chosen for again, in its old place in the order. */
    Asked rejected(BackendChoice choice, Lease lease, int ongoing) {
        lock.lock();
        try {
            choice.again();
            if (!lease.rejected(ongoing)) { // it may not: it left the pool, or is configured otherwise by now
                lease.complete(Outcome.CANCELLED);
                return new Asked(null, null, true);
            }
            Asked asked = news(choice);
            if (asked.waits()) {
                choice.waits();
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** The backend of {@code lease} takes the request, and has {@code ongoing} with it; −1 if it did not say. */
    void accepted(Lease lease, int ongoing) {
        lock.lock();
        try {
            lease.accepted(ongoing);
        } finally {
            lock.unlock();
        }
    }

    /** Hands {@code news} what tells the pool of its backends. */
    void tell(Consumer<PoolSignals> news) {
        lock.lock();
        try {
            news.accept(router.signals());
        } finally {
            lock.unlock();
        }
    }

    /** A page of the metrics of {@code backend} is whole: its load, its cache and its adapters are what it tells. */
    void read(EndpointId backend, EngineReading reading) {
        lock.lock();
        try {
            long now = ticker.nanos();
            reading.end(now, facts.sentTo(backend));
            if (reading.isEmptied()) {
                router.signals().blocksCleared(backend);
            }
            router.signals().reported(backend, reading.load(now)); // also that nothing of it can be believed
            learn(backend, known -> {
                PoolEndpoint holding = reading.tellsAdapters() ? known.holding(reading.adapters()) : known;
                return reading.cacheTokens() > 0 ? holding.caching(reading.cacheTokens()) : holding;
            });
        } finally {
            lock.unlock();
        }
    }

    /** {@code backend} takes {@code requests} ≥ 1 at once, by its own word; the pool's own limit holds if it is smaller. */
    void takes(EndpointId backend, int requests) {
        lock.lock();
        try {
            learn(backend, known -> known.taking(requests));
        } finally {
            lock.unlock();
        }
    }

    private void learn(EndpointId backend, UnaryOperator<PoolEndpoint> change) {
        if (facts.learn(backend, change)) {
            router.endpointsChanged(facts.endpoints(settings.loop().maxOngoing()));
        }
    }

    /** Nobody waits for the choice any longer; a lease that it was granted is for another. */
    void cancel(BackendChoice choice) {
        lock.lock();
        try {
            router.cancel(choice);
        } finally {
            lock.unlock();
        }
    }

    void firstToken(Lease lease) {
        lock.lock();
        try {
            lease.firstToken();
        } finally {
            lock.unlock();
        }
    }

    void complete(Lease lease, Outcome outcome) {
        lock.lock();
        try {
            if (outcome instanceof Outcome.Completed completed && lease instanceof PoolLease own) {
                double share = completed.usage().cachedShare();
                if (share >= 0) { // of the prompt as it is counted here, which need not be the engine's count
                    own.cachedTokens(
                            (int) (share * lease.call().request().prompt().tokens()));
                }
            }
            lease.complete(outcome);
        } finally {
            lock.unlock();
        }
    }

    /** Runs what is due. */
    void advance() {
        lock.lock();
        try {
            router.advance();
            if (++turns % TURNS_PER_LOOK == 0) {
                router.look();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the explanation of a choice, empty if it is not kept. */
    Optional<Explanation> explanation(long id) {
        lock.lock();
        try {
            return router.explanation(id);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what the admin API tells. */
    PolicyStatus status() {
        lock.lock();
        try {
            return new PolicyStatus(settings.policy(), router.generation(), router.waiting(), router.routerFailures());
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came of asking; neither lease nor refusal: it waits, unless it starves.
     *
     * @param lease where it may go
     * @param refusal why it may not wait
     * @param isStarved whether there is nothing that it may use
     */
    record Asked(@Nullable Lease lease, @Nullable Failure refusal, boolean isStarved) {
        /** Returns whether there is no news yet. */
        boolean waits() {
            return lease == null && refusal == null && !isStarved;
        }
    }
}
