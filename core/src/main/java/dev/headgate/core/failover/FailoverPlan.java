package dev.headgate.core.failover;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.Place;
import java.util.List;

/**
 * Which pools there are and which model goes to which.
 *
 * @param pools the pools, at least one
 * @param routes the models; empty = every model goes to the first pool, and no model is unknown
 * @param self where this process runs, for policies that prefer what is near
 */
public record FailoverPlan(List<PoolPlan> pools, List<ModelRoute> routes, Place self) {
    public FailoverPlan {
        pools = List.copyOf(pools);
        routes = List.copyOf(routes);
    }

    /** Creates the plan of a process of which nobody knows where it runs. */
    public FailoverPlan(List<PoolPlan> pools, List<ModelRoute> routes) {
        this(pools, routes, Place.UNKNOWN);
    }

    /** Returns this plan with other pools. */
    public FailoverPlan withPools(List<PoolPlan> other) {
        return new FailoverPlan(other, routes, self);
    }

    /**
     * One pool.
     *
     * @param name unique
     * @param backends in the order configured
     * @param settings how it serves
     */
    public record PoolPlan(String name, List<Backend> backends, FailoverSettings settings) {
        public PoolPlan {
            backends = List.copyOf(backends);
        }
    }

    /**
     * Models that go to a pool.
     *
     * @param models requested names
     * @param pool the pool's name
     * @param fallbacks tried in order when the model's own backends have failed
     */
    public record ModelRoute(List<String> models, String pool, List<Fallback> fallbacks) {
        public ModelRoute {
            models = List.copyOf(models);
            fallbacks = List.copyOf(fallbacks);
        }
    }

    /**
     * A model to ask instead.
     *
     * @param model its name
     * @param pool where
     */
    public record Fallback(String model, String pool) {}
}
