package dev.headgate.gateway;

import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.BackendTraits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.pool.Place;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.gateway.relay.BackendEdge;
import dev.headgate.gateway.relay.Credential;
import dev.headgate.gateway.relay.PoolEdge;
import dev.headgate.gateway.relay.RelayOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Options of a relay, built step by step: one pool whose backends are b1, b2, … in order of priority. */
final class RelayPlan {
    private final List<Backend> backends = new ArrayList<>();
    private final List<BackendEdge> edges = new ArrayList<>();
    private final List<FailoverPlan.ModelRoute> routes = new ArrayList<>();
    private FailoverSettings settings = FailoverSettings.DEFAULTS;
    private PoolEdge.Expose expose = PoolEdge.Expose.IDS;
    private Duration heartbeat = Duration.ZERO;
    private Backend.Prefill prefill = Backend.Prefill.NONE;
    private long maxRequestBytes = PoolEdge.MAX_REQUEST_BYTES;
    private long maxBufferedBytes = RelayOptions.MAX_BUFFERED_BYTES;

    static RelayPlan over(ScriptedUpstream... upstreams) {
        RelayPlan plan = new RelayPlan();
        for (ScriptedUpstream upstream : upstreams) {
            plan.with(upstream, Credential.NONE, "", Map.of());
        }
        return plan;
    }

    /** Returns a plan over backends that can continue an answer. */
    static RelayPlan continuing(ScriptedUpstream... upstreams) {
        RelayPlan plan = new RelayPlan();
        plan.prefill = Backend.Prefill.LAST_ASSISTANT;
        for (ScriptedUpstream upstream : upstreams) {
            plan.with(upstream, Credential.NONE, "", Map.of());
        }
        return plan;
    }

    RelayPlan with(ScriptedUpstream upstream, Credential credential, String prefix, Map<String, String> models) {
        String id = "b" + (backends.size() + 1);
        BackendEdge edge = new BackendEdge(id, false, "127.0.0.1", upstream.port(), prefix, credential, null);
        edges.add(edge);
        backends.add(new Backend(
                new EndpointId(id),
                edge.url(),
                backends.size() + 1,
                1,
                models,
                BackendLimits.NONE,
                owner(credential),
                prefill));
        return this;
    }

    /** Makes all backends so far equals: whichever the policy prefers is asked first. */
    RelayPlan asEquals() {
        backends.replaceAll(backend -> new Backend(
                backend.id(),
                backend.address(),
                1,
                backend.weight(),
                backend.models(),
                backend.limits(),
                backend.credential(),
                backend.prefill(),
                backend.traits()));
        return this;
    }

    /** Makes all backends so far ones that say how many requests they have. */
    RelayPlan telling() {
        backends.replaceAll(backend -> backend.with(new BackendTraits(Place.UNKNOWN, Map.of(), true)));
        return this;
    }

    private static Backend.Credential owner(Credential credential) {
        return switch (credential) {
            case Credential.None _ -> Backend.Credential.NONE;
            case Credential.Forwarded _ -> Backend.Credential.FORWARDED;
            case Credential.Key _ -> Backend.Credential.OWN;
            case Credential.Tokens _ -> Backend.Credential.TOKEN_PROVIDER;
        };
    }

    /** Returns a breaker that lets so many run and wait. */
    static BreakerSettings breaker(int parallel, int pending) {
        BreakerSettings d = BreakerSettings.DEFAULTS;
        return new BreakerSettings(
                d.maxConnections(),
                pending,
                parallel,
                d.maxParallelRetries(),
                0,
                d.pendingCounts(),
                null,
                null,
                BreakerSettings.Body.ENVOY);
    }

    /** Returns a breaker whose only limits are those of each endpoint. */
    static BreakerSettings perEndpoint(int connections, int parallel, int pending, BreakerSettings.Body body) {
        BreakerSettings d = BreakerSettings.DEFAULTS;
        return new BreakerSettings(
                d.maxConnections(),
                d.maxPendingRequests(),
                d.maxParallelRequests(),
                d.maxParallelRetries(),
                0,
                d.pendingCounts(),
                new BreakerSettings.PerEndpoint(connections, parallel, pending),
                null,
                body);
    }

    static FailoverSettings with(FailoverSettings d, BreakerSettings breaker) {
        return d.with().circuitBreaker(breaker).build();
    }

    static FailoverSettings with(FailoverSettings d, FailoverSettings.RecoverySettings recovery) {
        return d.with().recovery(recovery).build();
    }

    static Token bearer(String text) {
        return new Token(text);
    }

    RelayPlan route(String... models) {
        routes.add(new FailoverPlan.ModelRoute(List.of(models), "main", List.of()));
        return this;
    }

    RelayPlan settings(FailoverSettings other) {
        settings = other;
        return this;
    }

    RelayPlan expose(PoolEdge.Expose other) {
        expose = other;
        return this;
    }

    RelayPlan heartbeat(Duration after) {
        heartbeat = after;
        return this;
    }

    RelayPlan maxBytes(long one, long together) {
        maxRequestBytes = one;
        maxBufferedBytes = together;
        return this;
    }

    RelayOptions options() {
        FailoverPlan plan = new FailoverPlan(List.of(new FailoverPlan.PoolPlan("main", backends, settings)), routes);
        PoolEdge edge = new PoolEdge("main", edges, maxRequestBytes, heartbeat, expose);
        return new RelayOptions(plan, List.of(edge), maxBufferedBytes);
    }

    /** Starts a gateway that relays so. */
    TestGateway start() {
        return TestGateway.start(options -> options.withRelay(options()));
    }

    /** Starts a gateway that relays so, on one event loop. */
    TestGateway startOnOneLoop() {
        return TestGateway.start(options -> options.withRelay(options()).withThreads(1));
    }
}
