package dev.headgate.client;

import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AnswerClassifier;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What all calls of a client share. Immutable, its parts thread-safe. */
final class Engine {
    private final FailoverSettings settings;
    private final Transport transport;
    private final Executor executor;
    private final ClientEvents events;
    private final Map<EndpointId, Backend> backends = new HashMap<>();
    private final IdentityHashMap<TokenProvider, TokenCache> tokens = new IdentityHashMap<>();
    private final AnswerClassifier classifier;
    private final FailoverRouter router;
    private final CallClock clock;

    Engine(
            String poolName,
            List<Backend> backends,
            FailoverSettings settings,
            Transport transport,
            Executor executor,
            ClientEvents events) {
        this.settings = settings;
        this.transport = transport;
        this.executor = executor;
        this.events = events;
        for (Backend each : backends) {
            this.backends.put(new EndpointId(each.id()), each);
            TokenProvider provider = each.credential().provider();
            if (provider != null) {
                tokens.computeIfAbsent(provider, fresh -> new TokenCache(fresh, executor, events));
            }
        }
        classifier = new AnswerClassifier(
                settings.failoverOn(), settings.cooldown().max().toMillis());
        FailoverPlan.PoolPlan pool = new FailoverPlan.PoolPlan(
                poolName, backends.stream().map(Backend::routed).toList(), settings);
        router = new FailoverRouter(
                new FailoverPlan(List.of(pool), List.of()), System::nanoTime, ThreadLocalRandom::current, events);
        clock = new CallClock("headgate-client-clock", router::advance);
    }

    FailoverSettings settings() {
        return settings;
    }

    Transport transport() {
        return transport;
    }

    Executor executor() {
        return executor;
    }

    ClientEvents events() {
        return events;
    }

    AnswerClassifier classifier() {
        return classifier;
    }

    FailoverRouter router() {
        return router;
    }

    CallClock clock() {
        return clock;
    }

    Backend backend(EndpointId id) {
        return Objects.requireNonNull(backends.get(id), "the core names a backend that it was given");
    }

    /** Returns the tokens of a backend, null if its credential does not change. */
    @Nullable
    TokenCache tokens(Backend backend) {
        TokenProvider provider = backend.credential().provider();
        return provider == null ? null : tokens.get(provider);
    }
}
