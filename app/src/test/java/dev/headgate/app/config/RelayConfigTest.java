package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverPlan.Fallback;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.HedgeSettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings.Mode;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CooldownSettings;
import dev.headgate.core.guard.OutlierSettings;
import dev.headgate.core.guard.RetryBudgetSettings;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.FailoverStatuses;
import dev.headgate.gateway.relay.BackendEdge;
import dev.headgate.gateway.relay.Credential;
import dev.headgate.gateway.relay.PoolEdge;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayConfigTest {
    private static final String COMPLETE = """
            listen: {host: 127.0.0.1, port: 0, tls: {certFile: cert.pem, keyFile: key.pem}}
            admin: {host: 127.0.0.1, port: 9091, tokenFile: c.token}
            auth: {clients: [{tenant: t1, tokenFile: c.token}]}
            routes:
              - {models: [gpt-4o], pool: main, fallbacks: [{model: gpt-4o-mini, pool: spare}]}
            pools:
              main:
                selection: least-loaded
                backends:
                  - {id: east, url: "https://oai-east.openai.azure.com", pathPrefix: /ai/v2/, priority: 2, weight: 3,
                     credential: {apiKey: "${EAST_KEY}", header: api-key}, models: {gpt-4o: my-deployment},
                     limits: {rpm: 600, tpm: 240000, maxConcurrent: 64, contextTokens: 128000}, prefill: last-assistant,
                     caFile: cert.pem}
                  - {id: west, url: "http://${HOST}:8080/x", credential: {apiKeyFile: west.key, header: authorization}}
                  - {url: "[::1]:8443", forwardCredentials: true}
                attempts: {max: 3, onlyIfFasterThan: 2s, retryBeforeFallback: 2, waitBeforeFallback: 0s}
                timeouts: {connect: 1s, ttft: 9s, response: 30s, idle: 15s, total: 60s}
                cooldown: {default: 1s, defaultMax: 2s, max: 3s, quota: 4s, auth: 5s, jitter: 0.2, reportMax: 59s,
                           halfOpen: "off", slowStart: off}
                failoverOn: {add: [404], remove: [501]}
                allFailed: 429
                contentPolicy: fallback
                recovery: {modes: [continue, replay], maxBytes: 64KiB, max: 2}
                earlySpill: "off"
                retryBudget: {percent: 50, minPerWindow: 3, window: 5s}
                hedge: {after: p95, budgetPercent: 2.5}
                maxRequestBytes: 1MiB
                circuitBreaker: {maxConnections: 1, maxPendingRequests: 2, maxParallelRequests: 3, maxParallelRetries: 4,
                                 maxRequestsPerConnection: 5, pendingCounts: connecting, perEndpoint: {maxConnections: 6},
                                 retryBudget: {percent: 10, minRetryConcurrency: 1}, body: openai}
                queue: {size: 7, maxWait: 1s}
                outlier: {interval: 1s, consecutive5xx: 2, consecutiveGatewayErrors: 3,
                          enforcingConsecutiveGatewayErrors: 4, baseEjectionTime: 5s, maxEjectionTime: 6s,
                          maxEjectionPercent: 7, alwaysEjectOneEndpoint: true,
                          successRate: {stdev: 0.5, minHosts: 8, minRequests: 9},
                          failurePercentage: {threshold: 10, enforcing: 11}, panicThreshold: 12}
                tripOn: outlier
                heartbeat: 10s
                expose: full
              spare:
                backends: [{id: s, url: spare.example}]
            maxBufferedBytes: 1000000
            accessLog: true
            shared: off
            """;

    @TempDir
    private Path folder;

    private ConfigFolder config;

    @BeforeEach
    void files() {
        config = new ConfigFolder(folder);
    }

    @Test
    void everySettingOfAPoolArrives() {
        assertThat(config.relay(COMPLETE).plan().pools().getFirst().settings())
                .isEqualTo(new FailoverSettings(
                        FailoverSettings.Selection.LEAST_LOADED,
                        new FailoverSettings.AttemptSettings(3, Duration.ofSeconds(2), 2, Duration.ZERO),
                        new FailoverSettings.TimeoutSettings(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(60)),
                        new CooldownSettings(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                0.2,
                                Duration.ofSeconds(59),
                                false,
                                Duration.ZERO),
                        new FailoverStatuses(Set.of(404), Set.of(501)),
                        FailoverSettings.AllFailed.THROTTLED,
                        FailoverSettings.ContentPolicy.FALLBACK,
                        new FailoverSettings.RecoverySettings(List.of(Mode.CONTINUE, Mode.REPLAY), 65_536, 2),
                        0,
                        new RetryBudgetSettings(50, 3, Duration.ofSeconds(5)),
                        new HedgeSettings(HedgeSettings.After.P95, Duration.ZERO, 2.5),
                        new BreakerSettings(
                                1,
                                2,
                                3,
                                4,
                                5,
                                BreakerSettings.PendingCounts.CONNECTING,
                                new BreakerSettings.PerEndpoint(6, Integer.MAX_VALUE, Integer.MAX_VALUE),
                                new BreakerSettings.RetryConcurrency(10, 1),
                                BreakerSettings.Body.OPENAI),
                        new FailoverSettings.QueueSettings(7, Duration.ofSeconds(1)),
                        new OutlierSettings(
                                Duration.ofSeconds(1),
                                2,
                                3,
                                4,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                7,
                                true,
                                0.5,
                                8,
                                9,
                                10,
                                11,
                                12),
                        FailoverSettings.TripOn.OUTLIER,
                        null));
    }

    @Test
    void everythingAboutABackendArrives() {
        RelayOptions relay = config.relay(COMPLETE);
        PoolEdge edge = relay.pools().getFirst();
        assertThat(relay.plan().pools().getFirst().backends().getFirst())
                .isEqualTo(new Backend(
                        new EndpointId("east"),
                        "https://oai-east.openai.azure.com/ai/v2",
                        2,
                        3,
                        Map.of("gpt-4o", "my-deployment"),
                        new BackendLimits(600, 240_000, 64, 128_000),
                        Backend.Credential.OWN,
                        Backend.Prefill.LAST_ASSISTANT));
        assertThat(edge)
                .isEqualTo(new PoolEdge(
                        "main",
                        List.of(
                                new BackendEdge(
                                        "east",
                                        true,
                                        "oai-east.openai.azure.com",
                                        443,
                                        "/ai/v2",
                                        Credential.apiKey(Credential.Header.API_KEY, "east-secret"),
                                        config.file("cert.pem")),
                                new BackendEdge(
                                        "west",
                                        false,
                                        "west.example",
                                        8080,
                                        "/x",
                                        Credential.apiKey(Credential.Header.AUTHORIZATION, "west-secret"),
                                        null),
                                new BackendEdge(
                                        "0:0:0:0:0:0:0:1:8443",
                                        true,
                                        "0:0:0:0:0:0:0:1",
                                        8443,
                                        "",
                                        Credential.FORWARDED,
                                        null)),
                        1 << 20,
                        Duration.ofSeconds(10),
                        PoolEdge.Expose.FULL));
    }

    @Test
    void everythingAroundThePoolsArrives() {
        ServeConfig served = config.read(COMPLETE);
        Path token = config.file("c.token");
        assertThat(served.listen())
                .isEqualTo(new ListenConfig(
                        "127.0.0.1", 0, new TlsConfig(config.file("cert.pem"), config.file("key.pem"))));
        assertThat(served.admin()).isEqualTo(new AdminConfig("127.0.0.1", 9091, token, false, true));
        assertThat(served.callers()).containsExactly(new ClientAuth("t1", token, 1));
        assertThat(served.dispatchPool()).isNull();
        assertThat(served.accessLog()).isTrue();
        assertThat(served.files())
                .containsExactlyInAnyOrder(
                        token, config.file("cert.pem"), config.file("key.pem"), config.file("west.key"));
        RelayOptions relay = Objects.requireNonNull(served.relay());
        assertThat(relay.maxBufferedBytes()).isEqualTo(1_000_000);
        assertThat(relay.plan().routes())
                .containsExactly(
                        new ModelRoute(List.of("gpt-4o"), "main", List.of(new Fallback("gpt-4o-mini", "spare"))));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        RelayOptions relay = config.relay(ConfigFolder.ONE);
        assertThat(relay.plan().pools().getFirst().settings()).isEqualTo(FailoverSettings.DEFAULTS);
        assertThat(relay.plan().pools().getFirst().backends())
                .containsExactly(new Backend(
                        new EndpointId("a"),
                        "https://h",
                        1,
                        1,
                        Map.of(),
                        BackendLimits.NONE,
                        Backend.Credential.NONE,
                        Backend.Prefill.NONE));
        assertThat(relay.pools().getFirst())
                .isEqualTo(PoolEdge.of("p", List.of(new BackendEdge("a", true, "h", 443, "", Credential.NONE, null))));
        assertThat(relay.maxBufferedBytes()).isEqualTo(536_870_912);
        assertThat(relay.plan().routes()).isEmpty();
        assertThat(config.read(ConfigFolder.ONE).admin()).isEqualTo(AdminConfig.DEFAULT);
        assertThat(config.read("admin: off\n" + ConfigFolder.ONE).admin()).isNull();
    }

    @Test
    void emptyBreakerAndOutlierAreSwitchedOn() {
        FailoverSettings settings = config.relay("pools: {p: {backends: [{url: h}], circuitBreaker: {}, outlier: }}")
                .plan()
                .pools()
                .getFirst()
                .settings();
        assertThat(settings.circuitBreaker()).isEqualTo(BreakerSettings.DEFAULTS);
        assertThat(settings.outlier()).isEqualTo(OutlierSettings.DEFAULTS);
    }

    @Test
    void poolOfWorkersStandsBesidePoolsOfBackends() {
        ServeConfig served = config.read("pools: {embeddings: {dispatch: true}, p: {backends: [{url: h}]}}");
        assertThat(served.dispatchPool()).isEqualTo("embeddings");
        assertThat(Objects.requireNonNull(served.relay()).pools()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "h | https://h",
                "h:81 | https://h:81",
                "H.Example.com | https://h.example.com",
                "http://h | http://h",
                "HTTPS://h:443 | https://h",
                "http://h:443/ai | http://h:443/ai",
                "http://h/ | http://h",
                "https://h/a/b%20c/ | https://h/a/b%20c",
                "http://[::1]:80 | http://[0:0:0:0:0:0:0:1]",
                "under_score:1 | https://under_score:1",
            })
    void urlIsReadAsPeopleWriteIt(String url, String address) {
        assertThat(config.relay("pools: {p: {backends: [{url: \"" + url + "\"}]}}")
                        .pools()
                        .getFirst()
                        .backends()
                        .getFirst()
                        .url())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({"'',''", "/,''", "/ai,/ai", "ai/,/ai", "ai,/ai", "/ai/,/ai", "/ai/v2/,/ai/v2", "//ai,/ai"})
    void slashesAroundAPrefixDoNotCount(String prefix, String path) {
        assertThat(config.relay("pools: {p: {backends: [{url: h, pathPrefix: \"" + prefix + "\"}]}}")
                        .pools()
                        .getFirst()
                        .backends()
                        .getFirst()
                        .pathPrefix())
                .isEqualTo(path);
    }

    @Test
    void sameModelInAnotherPoolIsAFallback() {
        assertThat(config.relay("""
                pools: {p: {backends: [{url: h}]}, q: {backends: [{url: h}]}}
                routes: [{models: [a], pool: p, fallbacks: [{model: a, pool: q}, {model: b, pool: q}]}]
                """).plan().routes()).hasSize(1);
    }

    @Test
    void backendsThatDifferInOneThingAreTwo() {
        assertThat(config.relay("""
                pools:
                  p:
                    backends:
                      - {id: a, url: h}
                      - {id: b, url: h, pathPrefix: x}
                      - {id: c, url: h, credential: {apiKey: k}}
                      - {id: d, url: h, credential: {apiKey: k2}}
                      - {id: e, url: h, models: {m: n}}
                """).pools().getFirst().backends()).hasSize(5);
    }

    @Test
    void flagForThePortOfOperatorsWins() {
        ListenFlags flags = new ListenFlags(Optional.empty(), OptionalInt.empty(), OptionalInt.of(0));
        assertThat(config.read("admin: {port: 1}", flags).admin())
                .isEqualTo(new AdminConfig("127.0.0.1", 0, null, false, true));
        assertThat(config.read(ConfigFolder.ONE, flags).admin())
                .isEqualTo(new AdminConfig("127.0.0.1", 0, null, false, true));
        assertThat(ServeConfigReader.defaults(flags).admin())
                .isEqualTo(new AdminConfig("127.0.0.1", 0, null, false, true));
    }

    @Test
    void noRecordShowsACredential() {
        assertThat(config.read(COMPLETE).toString()).doesNotContain("secret").contains("east", "west");
    }

    @Test
    void tokenProviderIsFoundByItsName() {
        RelayOptions relay = config.relay("pools: {p: {backends: [{url: h, credential: {tokenProvider: fixed}}]}}");
        assertThat(relay.plan().pools().getFirst().backends().getFirst().credential())
                .isEqualTo(Backend.Credential.TOKEN_PROVIDER);
        assertThat(relay.pools().getFirst().backends().getFirst().credential())
                .isInstanceOfSatisfying(
                        Credential.Tokens.class,
                        tokens -> assertThat(tokens.provider().name()).isEqualTo("fixed"));
    }
}
