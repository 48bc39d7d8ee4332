package dev.headgate.gateway.relay;

import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.pick.RequestRouter.Need;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AnswerClassifier;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.signal.AskedBackend;
import dev.headgate.gateway.upstream.UpstreamTarget;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One generation of the configuration, as requests read it. Immutable.
 *
 * <p>It still knows the backends of the generation before, so that a request that was routed by the one and reads the other
 * finds its backend.
 */
final class RelayConfig {
    private final RelayOptions options;
    private final Map<Key, RoutedBackend> backends;
    private final Map<String, RoutedBackend> newest = new HashMap<>();
    private final Map<String, RoutedPool> pools = new HashMap<>();
    private final Map<String, RoutedPool> poolOfModel = new HashMap<>();
    private final RoutedPool firstPool;

    RelayConfig(RelayOptions options, @Nullable RelayConfig before, Map<String, TokenCache> tokens) {
        this.options = options;
        backends = new HashMap<>();
        if (before != null) {
            before.newest.values().forEach(backend -> backends.put(Key.of(backend), backend));
        }
        for (FailoverPlan.PoolPlan plan : options.plan().pools()) {
            PoolEdge edge = edge(options, plan.name());
            RoutedPool pool = RoutedPool.of(edge, plan.settings());
            pools.put(plan.name(), pool);
            AnswerClassifier classifier = new AnswerClassifier(
                    plan.settings().failoverOn(),
                    plan.settings().cooldown().max().toMillis());
            for (Backend backend : plan.backends()) {
                RoutedBackend routed = routed(plan, edge, backend, classifier, tokens);
                backends.put(Key.of(routed), routed);
                newest.put(plan.name() + '/' + backend.id().value(), routed);
            }
        }
        List<FailoverPlan.ModelRoute> routes = options.plan().routes();
        firstPool = Objects.requireNonNull(pools.get(
                routes.isEmpty()
                        ? options.plan().pools().getFirst().name()
                        : routes.getFirst().pool()));
        for (FailoverPlan.ModelRoute route : options.plan().routes()) {
            RoutedPool pool = Objects.requireNonNull(pools.get(route.pool()), route.pool());
            route.models().forEach(model -> poolOfModel.put(model, pool));
        }
    }

    private static PoolEdge edge(RelayOptions options, String pool) {
        return options.pools().stream()
                .filter(edge -> edge.name().equals(pool))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("pool " + pool + " has no addresses"));
    }

    private static RoutedBackend routed(
            FailoverPlan.PoolPlan plan,
            PoolEdge pool,
            Backend backend,
            AnswerClassifier classifier,
            Map<String, TokenCache> tokens) {
        BackendEdge edge = pool.backends().stream()
                .filter(each -> each.id().equals(backend.id().value()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("backend " + backend.id() + " has no address"));
        UpstreamTarget target = (edge.secure()
                        ? UpstreamTarget.https(edge.host(), edge.port())
                        : UpstreamTarget.http(edge.host(), edge.port()))
                .within(plan.settings().timeouts().connect());
        return new RoutedBackend(
                backend,
                edge,
                pool,
                edge.trustedCertificates() == null ? target : target.trusting(edge.trustedCertificates()),
                AsciiString.of(edge.authority()),
                edge.credential() instanceof Credential.Key key ? AsciiString.of(key.value()) : null,
                edge.credential() instanceof Credential.Tokens changing
                        ? tokens.computeIfAbsent(changing.provider().name(), _ -> new TokenCache(changing.provider()))
                        : null,
                classifier);
    }

    RelayOptions options() {
        return options;
    }

    /** Returns where the backends in force are, and where they are asked about themselves. */
    Set<UpstreamTarget> targets() {
        return Stream.concat(
                        newest.values().stream().map(RoutedBackend::target),
                        asked().stream().map(AskedBackend::otherTarget).filter(Objects::nonNull))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the backends of pools with a policy, with what they are asked about themselves. */
    List<AskedBackend> asked() {
        List<AskedBackend> asked = new ArrayList<>();
        for (FailoverPlan.PoolPlan plan : options.plan().pools()) {
            RouterSettings router = RouterSettings.of(plan.settings());
            if (router != null) {
                boolean readsStats = router.needs().contains(Need.STATS);
                for (Backend backend : plan.backends()) {
                    RoutedBackend routed = backend(plan.name(), backend);
                    if (routed != null) {
                        asked.add(routed.asked(readsStats, router.signals()));
                    }
                }
            }
        }
        return asked;
    }

    /** Returns whether models are told apart by routes. */
    boolean hasRoutes() {
        return !options.plan().routes().isEmpty();
    }

    /** Returns whether a route names {@code model}. */
    boolean isRouted(String model) {
        return poolOfModel.containsKey(model);
    }

    /** Returns the pool that a model goes to first. */
    RoutedPool poolOf(String model) {
        return poolOfModel.getOrDefault(model, firstPool);
    }

    /** Returns what is known of a backend that the core has picked, null if it is of no recent generation. */
    @Nullable
    RoutedBackend backend(String pool, Backend picked) {
        RoutedBackend now = newest.get(pool + '/' + picked.id().value());
        if (now != null && now.backend() == picked) {
            return now;
        }
        return backends.get(new Key(pool, picked));
    }

    /**
     * A pool.
     *
     * @param edge what the relay knows of it
     * @param totalNanos how long a request may take
     * @param overloadBody what a caller reads when the circuit breaker refuses
     * @param readsPrompt whether its policy looks at prompts
     * @param indexesAnswers whether an answer counts as a part of its prompt for the next turn
     * @param sessionHeader the header that names a session for its policy, empty if none does
     */
    record RoutedPool(
            PoolEdge edge,
            long totalNanos,
            BreakerSettings.Body overloadBody,
            boolean readsPrompt,
            boolean indexesAnswers,
            String sessionHeader) {
        static RoutedPool of(PoolEdge edge, FailoverSettings settings) {
            BreakerSettings breaker = settings.circuitBreaker();
            RouterSettings router = RouterSettings.of(settings);
            Set<Need> needs = router == null ? Set.of() : router.needs();
            return new RoutedPool(
                    edge,
                    settings.timeouts().total().toNanos(),
                    breaker == null ? BreakerSettings.Body.ENVOY : breaker.body(),
                    needs.contains(Need.PREFIX) || needs.contains(Need.PROMPT_TOKENS),
                    router != null
                            && needs.contains(Need.PREFIX)
                            && router.signals().indexesAnswers(),
                    router == null ? "" : router.sessionHeader());
        }
    }

    private record Key(String pool, Backend backend) {
        static Key of(RoutedBackend routed) {
            return new Key(routed.pool().name(), routed.backend());
        }
    }
}
