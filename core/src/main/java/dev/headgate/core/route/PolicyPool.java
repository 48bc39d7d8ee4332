package dev.headgate.core.route;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final PoolRouter router;
    private final RandomGenerator random;
    private RouterSettings settings;

    PolicyPool(String name, RouterSettings settings, FailoverRouter owner) {
        this.settings = settings;
        this.random = owner.sharedRandom();
        router = settings.router(name, owner.ticker(), random, new RouterNews(name, owner.listener), lock);
        router.explain(EXPLAINED_SHARE);
    }

    /**
     * Goes on with other backends and settings; those that stay keep their counters, and another policy takes over.
     *
     * @throws IllegalArgumentException if the other policy does not start; then nothing has changed
     */
    void changed(List<Backend> backends, RouterSettings next) {
        List<PoolEndpoint> endpoints = new ArrayList<>();
        for (Backend backend : backends) {
            endpoints.add(new PoolEndpoint(
                    backend.id(), "", "", Set.of(), 0, Math.max(1, backend.weight()), Map.of(), 0, false, false));
        }
        lock.lock();
        try {
            if (!next.routesLike(settings)) {
                router.swap(next.plan(random, lock)).ifPresent(reason -> {
                    throw new IllegalArgumentException("router: " + reason);
                });
            }
            settings = next;
            router.endpointsChanged(endpoints);
            router.settingsChanged(next.loop());
            next.flow().ifPresentOrElse(router::flow, router::withoutFlow);
        } finally {
            lock.unlock();
        }
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
