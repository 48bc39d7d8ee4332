package dev.headgate.core.route;

import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.PolicySettings;
import dev.headgate.core.failover.PoolPolicy;
import dev.headgate.core.pick.ComposedRouter;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.pool.Place;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.core.time.Ticker;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which policy a pool of backends is routed by, and how requests wait in it (routing.md §1).
 *
 * @param policy its name, one of {@link RoutingPolicies#builtIn}, or what {@code code} is called
 * @param code what it is made from; null = it is built in
 * @param parameters what it is started with: texts, numbers, flags and lists
 * @param compose what narrows its choice
 * @param sessionHeader the request header that names the session, in lower case; empty = none
 * @param fallback the policy that chooses where it fails
 * @param loop how requests wait for a backend with room, and what is indexed
 * @param flow how they wait for a saturated pool, empty = not at all
 * @param locality by what of its place a backend counts as near, where {@code compose} prefers near ones
 * @param signals what backends are asked about themselves
 */
public record RouterSettings(
        String policy,
        @Nullable RouterCode code,
        Map<String, Object> parameters,
        Composition compose,
        String sessionHeader,
        String fallback,
        PoolSettings loop,
        Optional<FlowSettings> flow,
        Set<Scope> locality,
        SignalSettings signals)
        implements PolicySettings {
    /** The default policy with its own defaults. */
    public static final RouterSettings DEFAULTS = new RouterSettings(
            RoutingPolicies.DEFAULT, Map.of(), Composition.DEFAULT, "", "least-request", PoolSettings.DEFAULTS);

    public RouterSettings {
        parameters = Map.copyOf(parameters);
        locality = Set.copyOf(locality);
    }

    /** Returns the settings of a pool that is routed by a policy, null for one that is not. */
    public static @Nullable RouterSettings of(FailoverSettings pool) {
        return pool.router() instanceof RouterSettings own ? own : null;
    }

    @Override
    public PoolPolicy open(Ground ground) {
        return new PolicyPool(this, ground);
    }

    /** Creates the settings of a policy that is built in, under which no request waits for a saturated pool. */
    public RouterSettings(
            String policy,
            Map<String, Object> parameters,
            Composition compose,
            String sessionHeader,
            String fallback,
            PoolSettings loop) {
        this(policy, null, parameters, compose, sessionHeader, fallback, loop, Optional.empty());
    }

    /** Creates the settings of a pool whose backends are asked what they usually are, and which prefers none that is near. */
    public RouterSettings(
            String policy,
            @Nullable RouterCode code,
            Map<String, Object> parameters,
            Composition compose,
            String sessionHeader,
            String fallback,
            PoolSettings loop,
            Optional<FlowSettings> flow) {
        this(policy, code, parameters, compose, sessionHeader, fallback, loop, flow, Set.of(), SignalSettings.DEFAULTS);
    }

    /** Returns the same settings under which requests wait for a saturated pool as {@code other} says. */
    public RouterSettings withFlow(FlowSettings other) {
        return new RouterSettings(
                policy,
                code,
                parameters,
                compose,
                sessionHeader,
                fallback,
                loop,
                Optional.of(other),
                locality,
                signals);
    }

    /** Returns the same settings where near is what shares {@code scopes} with this process. */
    public RouterSettings near(Set<Scope> scopes) {
        return new RouterSettings(
                policy, code, parameters, compose, sessionHeader, fallback, loop, flow, scopes, signals);
    }

    /** Returns the same settings under which backends are asked about themselves as {@code other} says. */
    public RouterSettings asking(SignalSettings other) {
        return new RouterSettings(
                policy, code, parameters, compose, sessionHeader, fallback, loop, flow, locality, other);
    }

    /**
     * Starts the policies and lets them go.
     *
     * @throws IllegalArgumentException if there is none of a name, or it refuses a parameter
     */
    public void check(Ticker ticker, RandomGenerator random) {
        RequestRouter chosen = code == null
                ? RoutingPolicies.builtIn().create(policy)
                : code.create().router();
        try {
            RouterPlan first = plan(policy, parameters, new ComposedRouter(chosen, compose), random);
            new PoolRouter(loop, "check", first, second(random), ticker, EndpointPort.NONE, RouterListener.NONE)
                    .endpointsChanged(List.of());
        } finally {
            chosen.close();
        }
    }

    /** Returns what a router of the pool reads; what it does not, nobody needs to compute. */
    public Set<RequestRouter.Need> needs() {
        if (code == null) {
            return RoutingPolicies.builtIn().create(policy).needs();
        }
        try (RequestRouter chosen = code.create().router()) {
            return chosen.needs();
        }
    }

    /** Returns whether {@code other} makes the same router. */
    boolean routesLike(RouterSettings other) {
        return policy.equals(other.policy)
                && Objects.equals(code, other.code)
                && parameters.equals(other.parameters)
                && compose.equals(other.compose)
                && locality.equals(other.locality);
    }

    PoolRouter router(
            String pool,
            Ticker ticker,
            RandomGenerator random,
            EndpointPort port,
            RouterListener listener,
            ReentrantLock guard,
            Place self) {
        return new PoolRouter(loop, pool, plan(random, guard, self), second(random), ticker, port, listener);
    }

    /** Returns the router of a pool whose owner is whoever holds {@code guard}, and runs at {@code self}. */
    RouterPlan plan(RandomGenerator random, ReentrantLock guard, Place self) {
        RouterPlan anywhere = plan(random, guard, task -> {
            guard.lock();
            try {
                task.run();
            } finally {
                guard.unlock();
            }
        });
        return anywhere.near(
                locality.contains(Scope.NODE) ? self.node() : "", locality.contains(Scope.ZONE) ? self.zone() : "");
    }

    /** Returns the router of a pool in whose context {@code owner} runs what it is given. */
    RouterPlan plan(RandomGenerator random, Consumer<Runnable> owner) {
        return plan(random, null, owner);
    }

    private RouterPlan plan(RandomGenerator random, @Nullable ReentrantLock guard, Consumer<Runnable> owner) {
        if (code == null) {
            RequestRouter chosen = RoutingPolicies.builtIn().create(policy);
            return plan(policy, parameters, new EligibleRouter(new ComposedRouter(chosen, compose), null), random);
        }
        RouterCode.Instance instance = code.create();
        RequestRouter eligible = new EligibleRouter(new ComposedRouter(instance.router(), compose), guard);
        return plan(policy, parameters, eligible, random).on(new RouterPlan.RouterThread(instance.calls(), owner));
    }

    /** Returns the router that chooses where that of a pool fails. */
    RouterPlan second(RandomGenerator random) {
        RequestRouter chosen = RoutingPolicies.builtIn().create(fallback);
        return plan(fallback, Map.of(), new EligibleRouter(chosen, null), random);
    }

    private static RouterPlan plan(
            String name, Map<String, Object> parameters, RequestRouter router, RandomGenerator random) {
        return RouterPlan.of(name, router, RouterSetup.Parameters.of(parameters), random);
    }

    /** What two places can have in common. */
    public enum Scope {
        /** The machine. */
        NODE,
        /** Where the machine is. */
        ZONE
    }
}
