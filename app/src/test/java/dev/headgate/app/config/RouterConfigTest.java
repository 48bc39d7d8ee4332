package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.admit.FlowBinding;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.admit.FlowTargets;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendTraits;
import dev.headgate.core.pool.Place;
import dev.headgate.core.route.Fifo;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.core.signal.EngineType;
import dev.headgate.core.signal.SignalSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy that routes a pool of backends. */
class RouterConfigTest {
    private static final String ROUTER = """
            import dev.headgate.core.pick.*;
            public class First implements RequestRouter {
                @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                    ranks.add(0);
                }
            }
            """;

    @TempDir
    private Path folder;

    private ConfigFolder config;

    @BeforeEach
    void files() {
        config = new ConfigFolder(folder);
    }

    @Test
    void poolWithoutRouterHasNone() {
        assertThat(router("")).isNull();
        assertThat(router("router: off")).isNull();
    }

    @Test
    void emptyRouterIsTheDefaultPolicy() {
        assertThat(router("router: {}")).isEqualTo(RouterSettings.DEFAULTS);
    }

    @Test
    void everySettingArrives() {
        assertThat(router("""
                router: {policy: p2c, fallback: random, maxOngoing: 3, maxQueued: 4, maxActive: 5, queueLengthCache: 6s,
                    compose: {session: "header:X-Session-Id", multiplex: false, fifo: true, locality: [zone]},
                    backoff: {initial: 10ms, multiplier: 3, max: 90ms}, probe: {initial: 20ms, max: 30ms},
                    stats: {period: 3s, timeout: 4s}, index: {maxBlocks: 7, maxBytes: 8MiB, indexResponses: false},
                    engine: {type: trtllm-serve, path: /m, port: 9, period: 100ms, timeout: 2s}}"""))
                .isEqualTo(new RouterSettings(
                                "p2c",
                                Map.of(),
                                new Composition(false, true, true, true),
                                "x-session-id",
                                "random",
                                new PoolSettings(
                                        3,
                                        4,
                                        5,
                                        new PoolSettings.Backoff(Duration.ofMillis(10), 3, Duration.ofMillis(90)),
                                        new PoolSettings.ProbeLimits(Duration.ofMillis(20), Duration.ofMillis(30)),
                                        Duration.ofSeconds(6),
                                        Fifo.MODEL_OR_SESSION,
                                        new PoolSettings.IndexLimits(
                                                7,
                                                8 << 20,
                                                PoolSettings.DEFAULTS.index().blockTokens())))
                        .near(Set.of(RouterSettings.Scope.ZONE))
                        .asking(new SignalSettings(
                                Optional.of(new SignalSettings.EngineMetrics(
                                        EngineType.TRTLLM_SERVE,
                                        "/m",
                                        9,
                                        Duration.ofMillis(100),
                                        Duration.ofSeconds(2))),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                false)));
        assertThat(Objects.requireNonNull(router("router: {policy: marginal-cost, with: {lambda: 0.2}}"))
                        .parameters())
                .isEqualTo(Map.of("lambda", "0.2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "router: {policy: marginal-costs} | router.policy: marginal-costs is unknown; did you mean marginal-cost?",
                "router: {with: {lambda: -1}} | router.with: lambda: -1 (expected: 0 to 1000)",
                "router: {with: {lamda: 1}} | router.with: lamda: unknown parameter",
                "router: {compose: {session: cookie}} | router.compose.session: cookie (expected: header:NAME, or off)",
                "router: {compose: {fifo: true}} | router.with: compose.fifo: true (expected: false",
                "router: {jar: x.jar, policy: p2c} | router.jar: given beside policy (expected: one of",
                "router: {class: java.lang.String} | router.class: java.lang.String is no router (expected: a public class",
                "router: {sourceText: x} | router.sourceText: given (expected: source, with the file that it is in)",
                "router: {engine: {type: vlm}} | router.engine.type: vlm (expected: one of vllm, sglang, trtllm-serve",
                "router: {engine: {path: metrics}} | router.engine.path: metrics (expected: a path such as /metrics)",
                "router: {engine: {port: 0}} | router.engine.port: 0 (expected: integer 1..65535)",
                "router: {engine: {period: 49ms}} | router.engine.period: 49ms (expected: a duration",
                "router: {engine: {period: 6s}} | router.engine.period: 6s (expected: 50ms to 5s)",
                "router: {engine: {timeout: 0ms}} | router.engine.timeout: 0ms (expected: a duration",
                "router: {stats: {period: 0s}} | router.stats.period: 0s (expected: a duration",
                "router: {probe: {initial: off}} | router.probe.initial: off (expected: a duration",
                "router: {compose: {locality: [rack]}} | router.compose.locality[0]: rack (expected: one of node, zone)",
                "router: {backoff: {initial: 2s, max: 1s}} | router.backoff.max: 1s (expected: >= initial, 2s)",
                "'router: {}, flow: {weights: {small: 0}}' | flow.weights: small: 0 (expected: a number from 0.001 to 1000)",
                "'router: {}, flow: {fairness: fair}' | flow.fairness: fair (expected: one of vtc, drr",
                "'router: {}, flow: {ttl: 0s}' | flow.ttl: 0s (expected: ",
                "'router: {}, selection: random' | selection: given (expected: none, as the pool has a router)"
            })
    void wrongOneIsNamed(String yaml, String problem) {
        assertThat(config.problems("pools: {p: {backends: [{id: a, url: h}], " + yaml + "}}"))
                .singleElement()
                .asString()
                .startsWith(":1: pools.p." + problem);
    }

    @Test
    void sourceIsCompiledAndAChangeOfItIsAChangeOfTheConfiguration() throws IOException {
        Path source = Files.writeString(folder.resolve("First.java"), ROUTER);
        String yaml = "pools: {p: {backends: [{id: a, url: h}], router: {source: First.java, reload: true}}}";
        ServeConfig read = config.read(yaml);
        assertThat(read.files()).contains(source);
        RouterSettings first = Objects.requireNonNull(router("router: {source: First.java}"));
        assertThat(first.policy()).isEqualTo("source:First");
        assertThat(router("router: {source: First.java}")).isEqualTo(first);

        Files.writeString(source, ROUTER.replace("add(0)", "add(candidates.size() - 1)"));
        assertThat(router("router: {source: First.java}")).isNotEqualTo(first);
    }

    @Test
    void sourceThatDoesNotCompileOrStartIsNamed() throws IOException {
        Path source = Files.writeString(folder.resolve("First.java"), ROUTER.replace("add(0)", "ad(0)"));
        String yaml = "pools: {p: {backends: [{id: a, url: h}], router: {source: First.java}}}";
        assertThat(config.problems(yaml))
                .singleElement()
                .asString()
                .startsWith(":1: pools.p.router.source: " + source + ":4:");
        Files.writeString(
                source,
                ROUTER.replace("{\n", "{\n  public First() { throw new IllegalStateException(\"not today\"); }\n"));
        assertThat(config.problems(yaml)).singleElement().asString().contains("not today");
    }

    @Test
    void engineIsVllmUnlessItSaysOtherwise() {
        assertThat(router("router: {engine: {}}"))
                .isEqualTo(RouterSettings.DEFAULTS.asking(
                        SignalSettings.DEFAULTS.reading(SignalSettings.EngineMetrics.of(EngineType.VLLM))));
        assertThat(router("router: {engine: off}")).isEqualTo(RouterSettings.DEFAULTS);
    }

    @Test
    void placesLabelsAndProtocolsArrive() {
        FailoverPlan plan = config.relay("""
                self: {node: n1, zone: z1}
                pools: {p: {router: {}, backends: [{id: a, url: h, node: n2, zone: z1, labels: {role: decode},
                    protocol: headgate}, {id: b, url: i}]}}
                """).plan();
        assertThat(plan.self()).isEqualTo(new Place("n1", "z1"));
        assertThat(plan.pools().getFirst().backends())
                .extracting(Backend::traits)
                .containsExactly(
                        new BackendTraits(new Place("n2", "z1"), Map.of("role", "decode"), true), BackendTraits.NONE);
    }

    @Test
    void flowArrivesBesideTheRouter() {
        assertThat(router("router: {}, flow: {}")).isEqualTo(RouterSettings.DEFAULTS.withFlow(FlowSettings.DEFAULTS));
        assertThat(router("router: {}, flow: off")).isEqualTo(RouterSettings.DEFAULTS);
        assertThat(Objects.requireNonNull(router("""
                router: {}, flow: {detector: predicted, staleIsSaturated: true, maxRequests: 7, maxBytes: 8MiB,
                    ceilings: holdback, fairness: round-robin, order: slo, weights: {small: 2.5}, ttl: 9s,
                    noEndpointTtl: 10m, earlyReject: false, ttftTarget: 1s, ttftTargetPerToken: 1ms,
                    tpotTarget: 20ms, binding: auto, prefillWindow: 4096}""")).flow())
                .contains(new FlowSettings(
                        FlowSettings.Detector.PREDICTED,
                        true,
                        7,
                        8 << 20,
                        FlowSettings.Ceilings.HOLDBACK,
                        FlowSettings.Fairness.ROUND_ROBIN,
                        FlowSettings.Order.SLO,
                        Map.of("small", 2.5),
                        Duration.ofSeconds(9),
                        Duration.ofMinutes(10),
                        false,
                        new FlowTargets(Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofMillis(20)),
                        new FlowBinding(FlowBinding.When.AUTO, 4096)));
    }

    private @Nullable RouterSettings router(String yaml) {
        String comma = yaml.isEmpty() ? "" : ", ";
        return RouterSettings.of(config.relay("pools: {p: {backends: [{id: a, url: h}]" + comma + yaml + "}}")
                .plan()
                .pools()
                .getFirst()
                .settings());
    }
}
