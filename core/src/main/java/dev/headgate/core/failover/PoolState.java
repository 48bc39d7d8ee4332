package dev.headgate.core.failover;

import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.guard.OutlierDetector;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A pool as of one configuration, with what is known about its backends. Thread-safe. */
final class PoolState {
    final String name;
    final FailoverSettings settings;
    final List<Backend> backends;
    final BackendState[] states; // one for each of the backends
    final PoolGuards guards;
    final CircuitBreaker breaker;
    final @Nullable OutlierDetector outlier;
    final RecentModels<ModelPool> models;
    final RecentModels<ModelPace> paces;
    final FailoverRouter router;
    final @Nullable PoolPolicy policy; // null = selection

    /** Creates a pool that goes on with what {@code before} knows, as far as that is unchanged. */
    PoolState(
            FailoverPlan.PoolPlan plan,
            Place self,
            @Nullable PoolState before,
            Supplier<RandomGenerator> random,
            FailoverRouter router) {
        this.router = router;
        name = plan.name();
        settings = plan.settings();
        backends = plan.backends();
        states = new BackendState[backends.size()];
        List<EndpointId> kept = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            BackendState known = before == null ? null : before.stateOf(backends.get(i));
            states[i] = known == null ? new BackendState() : known;
            if (known != null) {
                kept.add(backends.get(i).id());
            }
        }
        guards = before != null && before.guards.fit(settings)
                ? before.guards
                : new PoolGuards(settings, random, router);
        breaker = guards.breaker;
        outlier = guards.outlier;
        List<EndpointId> ids = new ArrayList<>();
        backends.forEach(backend -> ids.add(backend.id()));
        if (outlier != null) {
            outlier.changed(kept); // one whose address is another begins anew
            outlier.changed(ids);
        }
        if (before != null && before.guards == guards) {
            for (Backend old : before.backends) {
                if (!kept.contains(old.id())) {
                    breaker.removed(old.id());
                }
            }
        }
        policy = policy(self, before);
        paces = before == null ? new RecentModels<>(model -> new ModelPace()) : before.paces;
        models = new RecentModels<>(model -> ModelPool.of(this, model, router.now()));
    }

    private @Nullable PoolPolicy policy(Place self, @Nullable PoolState before) {
        PolicySettings wanted = settings.router();
        if (wanted == null) {
            return null;
        }
        PoolPolicy known = before == null ? null : before.policy;
        PoolPolicy used = known == null ? wanted.open(router.ground(name, self)) : known;
        used.changed(backends, wanted, self);
        return used;
    }

    /** Returns whether some backend serves {@code model}. */
    boolean serves(String model) {
        for (Backend backend : backends) {
            if (backend.serves(model)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the state of the backend of this name, null if there is none. */
    @Nullable
    BackendState stateOf(String id) {
        for (int i = 0; i < states.length; i++) {
            if (backends.get(i).id().value().equals(id)) {
                return states[i];
            }
        }
        return null;
    }

    private @Nullable BackendState stateOf(Backend wanted) {
        for (int i = 0; i < states.length; i++) {
            Backend backend = backends.get(i);
            if (backend.id().equals(wanted.id()) && backend.address().equals(wanted.address())) {
                return states[i];
            }
        }
        return null;
    }
}
