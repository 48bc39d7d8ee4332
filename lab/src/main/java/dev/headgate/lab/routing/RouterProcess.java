package dev.headgate.lab.routing;

import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.ComposedRouter;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.PoolEndpoint;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.time.Ticker;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.workload.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** One process of the gate: the production router of one pool, as a server sets it up. */
final class RouterProcess {
    private static final String POOL = "simulated";
    private static final String FALLBACK = "least-request";

    private final Fleet fleet;
    private final EngineConstants engine;
    private final EndpointId[] ids;
    private final boolean[] isIn;
    private final PoolRouter router;
    private Optional<String> failure = Optional.empty();

    /** Starts {@code policy}, made by {@code source}, over all replicas of {@code settings}. */
    RouterProcess(RunSettings settings, RouterSource source, PolicySpec policy, Ticker ticker, long seed) {
        fleet = settings.fleet();
        engine = settings.engine();
        ids = new EndpointId[fleet.size()];
        isIn = new boolean[fleet.size()];
        int digits = String.valueOf(fleet.size() - 1).length();
        for (int i = 0; i < ids.length; i++) {
            String number = String.valueOf(i);
            ids[i] = new EndpointId("replica-" + "0".repeat(digits - number.length()) + number);
            isIn[i] = true;
        }
        SplittableRandom random = new SplittableRandom(seed);
        RequestRouter chosen = started(composed(source.create(policy.name())), policy, ticker, random.split());
        RequestRouter fallback = started(
                settings.sources().create(FALLBACK), new PolicySpec(FALLBACK, Map.of()), ticker, random.split());
        router = new PoolRouter(
                poolSettings(), policy.name(), chosen, fallback, ticker, EndpointPort.NONE, new Faults());
        settings.flow().ifPresent(router::flow);
        router.endpointsChanged(endpoints());
    }

    /** Models are matched where requests name some, as in a pool that says nothing of it. */
    private RequestRouter composed(RequestRouter policy) {
        return engine.limits().adapters() == 0 ? policy : new ComposedRouter(policy, Composition.DEFAULT);
    }

    private static RequestRouter started(
            RequestRouter router, PolicySpec policy, Ticker ticker, SplittableRandom random) {
        router.start(
                new LabSetup(POOL, ticker, random, random.split(), RouterSetup.Parameters.of(policy.parameters())));
        return router;
    }

    private PoolSettings poolSettings() {
        int blockTokens = engine.limits().indexBlockTokens();
        int most = (int) (engine.limits().kvTokens() / blockTokens);
        return PoolSettings.DEFAULTS.withIndex(
                new PoolSettings.IndexLimits(most, PoolSettings.DEFAULTS.index().maxBytes(), blockTokens));
    }

    PoolRouter router() {
        return router;
    }

    EndpointId id(int replica) {
        return ids[replica];
    }

    /** Returns the number of the replica called {@code id}. */
    int replica(EndpointId id) {
        return Integer.parseInt(id.value(), "replica-".length(), id.value().length(), 10);
    }

    /** Takes {@code replica} out of the pool, as whoever watches the fleet would. */
    void remove(int replica) {
        isIn[replica] = false;
        router.endpointsChanged(endpoints());
    }

    /** Puts {@code replica} into the pool again. */
    void add(int replica) {
        isIn[replica] = true;
        router.endpointsChanged(endpoints());
    }

    /** Returns why the policy was not always the one that chose. */
    Optional<String> failure() {
        return failure;
    }

    /** Checks that all counters are back at zero; simulator.md §8. */
    void check() {
        var candidates = router.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.inFlight(i) != 0 || candidates.pendingTokens(i) != 0 || candidates.residentTokens(i) != 0) {
                throw new IllegalStateException(candidates.id(i) + " has " + candidates.inFlight(i) + " requests, "
                        + candidates.pendingTokens(i) + " pending and " + candidates.residentTokens(i)
                        + " resident tokens after all have ended");
            }
        }
        if (router.waiting() != 0 || router.active() != 0) {
            throw new IllegalStateException(router.waiting() + " requests wait after all have ended");
        }
    }

    private List<PoolEndpoint> endpoints() {
        List<PoolEndpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (isIn[i]) {
                ReplicaSpeed kind = fleet.replicas().get(i);
                endpoints.add(PoolEndpoint.of(ids[i].value(), 0)
                        .caching(Math.round(engine.limits().kvTokens() * kind.cache())));
            }
        }
        return endpoints;
    }

    private final class Faults implements RouterListener {
        @Override
        public void routerFailed(String name, RouterFault fault) {
            if (failure.isEmpty()) {
                failure = Optional.of(String.valueOf(fault));
            }
        }
    }
}
