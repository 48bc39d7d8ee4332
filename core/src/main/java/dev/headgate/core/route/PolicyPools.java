package dev.headgate.core.route;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.PolicyStatus;
import dev.headgate.core.failover.PoolPolicy;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineReading;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The policies of a router's pools, and what they are told of backends. Thread-safe. */
public final class PolicyPools {
    private final FailoverRouter router;

    /** Those that {@code router} has, at any time. */
    public PolicyPools(FailoverRouter router) {
        this.router = router;
    }

    /** Returns how the policy of a pool stands, null if there is no such pool or it has none. */
    public @Nullable PolicyStatus status(String pool) {
        PoolPolicy policy = router.policy(pool);
        return policy == null ? null : policy.status();
    }

    /**
     * Hands {@code news} what tells a pool of its backends, under the pool's lock: quick, and does not call back. Returns
     * false if there is no such pool or it has no policy.
     */
    public boolean tell(String pool, Consumer<PoolSignals> news) {
        PolicyPool policy = of(pool);
        if (policy != null) {
            policy.tell(news);
        }
        return policy != null;
    }

    /** Ends a page of metrics that came from a backend: the pool's policy goes by what is believed of it. */
    public void read(String pool, EndpointId backend, EngineReading reading) {
        PolicyPool policy = of(pool);
        if (policy != null) {
            policy.read(backend, reading);
        }
    }

    /** A backend takes {@code requests} ≥ 1 at once, by its own word; the pool's own limit holds if it is smaller. */
    public void takes(String pool, EndpointId backend, int requests) {
        PolicyPool policy = of(pool);
        if (policy != null) {
            policy.takes(backend, requests);
        }
    }

    /** Returns the explanation that {@link Attempt#decision} names, empty if there is none or it is too old. */
    public Optional<Explanation> explanation(String decision) {
        int dash = decision.lastIndexOf('-');
        PolicyPool policy = dash < 0 ? null : of(decision.substring(0, dash));
        if (policy == null) {
            return Optional.empty();
        }
        try {
            return policy.explanation(Long.parseLong(decision.substring(dash + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private @Nullable PolicyPool of(String pool) {
        return router.policy(pool) instanceof PolicyPool own ? own : null;
    }
}
