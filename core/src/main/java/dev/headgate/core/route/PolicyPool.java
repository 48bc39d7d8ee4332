package dev.headgate.core.route;

import dev.headgate.core.failover.BackendView;
import dev.headgate.core.failover.PolicyLease;
import dev.headgate.core.failover.PolicyQuestion;
import dev.headgate.core.failover.PolicyQuestion.Answer;
import dev.headgate.core.failover.PolicySettings;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.PoolPolicy;
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

/**
 * A pool of backends that is routed by a policy: its {@link PoolRouter} behind a lock. Goes on over reloads.
 *
 * <p>Thread-safe. Callers hear of news under the lock, so what they do with it is quick and does not call back.
 */
final class PolicyPool implements PoolPolicy {
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

    PolicyPool(RouterSettings settings, PolicySettings.Ground ground) {
        this.settings = settings;
        self = ground.self();
        ticker = ground.ticker();
        random = ground.random();
        String name = ground.pool();
        RouterNews news = new RouterNews(name, ground.listener(), facts);
        router = settings.router(name, ticker, random, ground.port().of(name), news, lock, self);
        router.explain(EXPLAINED_SHARE);
    }

    @Override
    public void changed(List<Backend> backends, PolicySettings settingsNext, Place nextSelf) {
        if (!(settingsNext instanceof RouterSettings next)) {
            throw new IllegalArgumentException("router: " + settingsNext + " (expected: settings of a router)");
        }

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

    @Override
    public PolicyQuestion open(BackendView view) {
        return new Question(new BackendChoice(view));
    }

    private Answer ask(Question question) {
        BackendChoice choice = question.choice;
        lock.lock();
        try {
            Decision decision = router.route(choice);
            if (decision instanceof Decision.Routed routed) {
                return new Answer(new Given(question, routed.lease()), null, false);
            }
            if (decision instanceof Decision.Refused refused) {
                return new Answer(null, refused.failure(), false);
            }
            choice.waits();
            return news(question);
        } finally {
            lock.unlock();
        }
    }

    private Answer heard(Question question) {
        lock.lock();
        try {
            return news(question);
        } finally {
            lock.unlock();
        }
    }

    private Answer news(Question question) {
        BackendChoice choice = question.choice;
        Lease granted = choice.granted();
        Failure refusal = choice.refusal();
        boolean isStarved = granted == null && refusal == null && choice.isStarved();
        if (isStarved) {
            router.cancel(choice);
        }
        return new Answer(granted == null ? null : new Given(question, granted), refusal, isStarved);
    }

    /** The backend of {@code lease} does not take the request: it is chosen for again, in its old place in the order. */
    private Answer rejected(Question question, Lease lease, int ongoing) {
        BackendChoice choice = question.choice;
        lock.lock();
        try {
            choice.again();
            if (!lease.rejected(ongoing)) { // it may not: it left the pool, or is configured otherwise by now
                lease.complete(Outcome.CANCELLED);
                return new Answer(null, null, true);
            }
            Answer asked = news(question);
            if (asked.waits()) {
                choice.waits();
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private void accepted(Lease lease, int ongoing) {
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

    private void cancel(BackendChoice choice) {
        lock.lock();
        try {
            router.cancel(choice);
        } finally {
            lock.unlock();
        }
    }

    private void firstToken(Lease lease) {
        lock.lock();
        try {
            lease.firstToken();
        } finally {
            lock.unlock();
        }
    }

    private void complete(Lease lease, Outcome outcome) {
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

    @Override
    public void advance() {
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

    @Override
    public PolicyStatus status() {
        lock.lock();
        try {
            return new PolicyStatus(settings.policy(), router.generation(), router.waiting(), router.routerFailures());
        } finally {
            lock.unlock();
        }
    }

    /** One request's questions. */
    private final class Question implements PolicyQuestion {
        private final BackendChoice choice;

        Question(BackendChoice choice) {
            this.choice = choice;
        }

        @Override
        public Answer ask() {
            return PolicyPool.this.ask(this);
        }

        @Override
        public Answer heard() {
            return PolicyPool.this.heard(this);
        }

        @Override
        public Answer rejected(PolicyLease lease, int ongoing) {
            if (!(lease instanceof Given given)) {
                throw new IllegalArgumentException("lease: of " + lease.endpoint() + " (expected: of this policy)");
            }
            return PolicyPool.this.rejected(this, given.lease, ongoing);
        }

        @Override
        public void cancel() {
            PolicyPool.this.cancel(choice);
        }
    }

    /** A lease, whose news are told under the lock. */
    private final class Given implements PolicyLease {
        private final Question question;
        private final Lease lease;

        Given(Question question, Lease lease) {
            this.question = question;
            this.lease = lease;
        }

        @Override
        public EndpointId endpoint() {
            return lease.endpoint();
        }

        @Override
        public PolicyQuestion question() {
            return question;
        }

        @Override
        public long explanation() {
            return lease.call().explanationId();
        }

        @Override
        public void accepted(int ongoing) {
            PolicyPool.this.accepted(lease, ongoing);
        }

        @Override
        public void firstToken() {
            PolicyPool.this.firstToken(lease);
        }

        @Override
        public void complete(Outcome outcome) {
            PolicyPool.this.complete(lease, outcome);
        }
    }
}
