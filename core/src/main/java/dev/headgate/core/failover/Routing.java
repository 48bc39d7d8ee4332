package dev.headgate.core.failover;

import dev.headgate.core.request.NearNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Pools and routes as of one configuration. Immutable, its pools thread-safe. */
final class Routing {
    private static final int NEAR = 3;

    final Map<String, PoolState> pools; // in the order configured
    private final Map<String, List<Leg>> routes;
    private final boolean hasRoutes;
    private final PoolState first;
    private final ModelPool nothing;

    Routing(FailoverPlan plan, @Nullable Routing before, Supplier<RandomGenerator> random, FailoverRouter router) {
        pools = new LinkedHashMap<>();
        for (FailoverPlan.PoolPlan pool : plan.pools()) {
            PoolState old = before == null ? null : before.pools.get(pool.name());
            pools.put(pool.name(), new PoolState(pool, plan.self(), old, random, router));
        }
        routes = new HashMap<>();
        PoolState unnamed = null;
        for (FailoverPlan.ModelRoute route : plan.routes()) {
            PoolState home = pool(route.pool());
            unnamed = unnamed == null ? home : unnamed;
            List<Leg> fallbacks = new ArrayList<>();
            route.fallbacks().forEach(fallback -> fallbacks.add(new Leg(fallback.model(), pool(fallback.pool()))));
            for (String model : route.models()) {
                List<Leg> legs = new ArrayList<>();
                legs.add(new Leg(model, home));
                legs.addAll(fallbacks);
                if (legs.stream().anyMatch(leg -> leg.pool().serves(leg.model()))) {
                    routes.putIfAbsent(model, List.copyOf(legs));
                }
            }
        }
        hasRoutes = !plan.routes().isEmpty();
        first = unnamed == null ? pools.values().iterator().next() : unnamed;
        nothing = ModelPool.empty(first, router.now());
    }

    /**
     * Returns what serves {@code model}, the model itself first and then its fallbacks; empty if nothing does. A request
     * that names no model goes to the first route's pool.
     */
    List<Leg> legs(String model, long nowNanos) {
        List<Leg> legs = routes.get(model);
        if (legs != null) {
            return legs;
        }
        boolean isServed = (!hasRoutes || model.isEmpty()) && first.serves(model);
        return isServed ? first.models.of(model, nowNanos).alone : List.of();
    }

    /** Returns the candidates of the model of {@code legs} that is asked first. */
    ModelPool first(List<Leg> legs, long nowNanos) {
        return legs.isEmpty() ? nothing : legs.get(0).models(nowNanos);
    }

    /** Returns the names of models that are served and look like {@code model}, nearest first, at most three. */
    List<String> near(String model) {
        List<String> known = new ArrayList<>(routes.keySet());
        if (!hasRoutes) {
            first.backends.forEach(backend -> known.addAll(backend.models().keySet()));
        }
        return NearNames.of(model, known, NEAR);
    }

    private PoolState pool(String name) {
        PoolState pool = pools.get(name);
        if (pool == null) {
            throw new IllegalArgumentException("pool: " + name + " (expected: one of " + pools.keySet() + ")");
        }
        return pool;
    }

    /**
     * One model of a route.
     *
     * @param model its requested name, or that of a fallback
     * @param pool where
     */
    record Leg(String model, PoolState pool) {
        ModelPool models(long nowNanos) {
            return pool.models.of(model, nowNanos);
        }
    }
}
