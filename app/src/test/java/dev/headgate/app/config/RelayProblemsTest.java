package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayProblemsTest {
    @TempDir
    private Path folder;

    private ConfigFolder config;

    @BeforeEach
    void files() {
        config = new ConfigFolder(folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "priority: 0 | priority: 0 (expected: integer 1..1000)",
                "priority: -1 | priority: -1 (expected: integer 1..1000)",
                "priority: 0.5 | priority: 0.5 (expected: integer 1..1000)",
                "priority: \"1\" | priority: \"1\" (expected: integer 1..1000)",
                "priority: 1001 | priority: 1001 (expected: integer 1..1000)",
                "priority: | priority: nothing (expected: integer 1..1000)",
                "weight: -1 | weight: -1 (expected: integer 0..1000)",
                "pathPrefix: a//b | pathPrefix: a//b (expected: a path such as /ai/v2, without empty, . or .. segments)",
                "pathPrefix: ../x | pathPrefix: ../x (expected: a path such as /ai/v2, without empty, . or .. segments)",
                "pathPrefix: a/%2e%2E/b | pathPrefix: a/%2e%2E/b (expected: a path such as /ai/v2, without empty, . or .. segments)",
                "limits: {rpm: 0} | limits.rpm: 0 (expected: integer >= 1)",
                "limits: {rps: 1} | limits.rps: unknown key (did you mean rpm?)",
                "prefill: maybe | prefill: maybe (expected: one of none, last-assistant, vllm, mistral)",
                "models: {} | models: nothing (expected: a mapping of names to names)",
                "models: [m] | models: a list (expected: a mapping of names to names)",
                "models: {m: } | models.m: nothing (expected: a model)",
                "weigth: 2 | weigth: unknown key (did you mean weight?)",
                "caFile: key.pem | caFile: key.pem (expected: a readable file with certificates in PEM)",
                "forwardCredentials: 1 | forwardCredentials: 1 (expected: true or false)",
                "credential: {tokenProvider: azure} | credential.tokenProvider: azure (expected: one of fixed)",
                "credential: {header: x-api-key} | credential.apiKey: missing (expected: a key, or apiKeyFile)",
                "credential: {apiKey: '${NOT_SET}'} | credential.apiKey: ${NOT_SET} (expected: an environment variable that is set)",
                "credential: {apiKey: '${9}'} | credential.apiKey: ${…} (expected: an environment variable that is set)",
                "credential: {apiKey: '${EMPTY}'} | credential.apiKey: *** (expected: a key of visible ASCII characters)",
            })
    void wrongValueOfABackendIsNamed(String yaml, String problem) {
        assertThat(config.problems("pools: {p: {backends: [{id: a, url: h, " + yaml + "}]}}"))
                .containsExactly(":1: pools.p.backends[0]." + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h",
                "ftp:h",
                "https://",
                "http://h:0",
                "http://h:70000",
                "h:70000",
                "h:0",
                "h:",
                "http://::1",
                "http://[::1",
                "http://[1.2.3.4.5]",
                "http://-h",
                "http://a b",
                "http://h/a//b",
                "http://h/../x",
                "http://h/%zz",
                "https:///x",
                "http://ümlaut"
            })
    void wrongUrlIsNamed(String url) {
        assertThat(config.problems("pools: {p: {backends: [{url: \"" + url + "\"}]}}"))
                .containsExactly(
                        ":1: pools.p.backends[0].url: " + url + " (expected: http:// or https://, a host, and if"
                                + " need be a port 1..65535 and a path; no user, query or fragment)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "selection: best | selection: best (expected: one of random, weighted, least-loaded)",
                "attempts: {max: -1} | attempts.max: -1 (expected: integer 0..1000)",
                "attempts: {onlyIfFasterThan: never} | attempts.onlyIfFasterThan: never (expected: a duration such as 200ms, 2s or 5m, at least 1ms, or off)",
                "timeouts: {ttft: -5s} | timeouts.ttft: -5s (expected: a duration such as 200ms, 2s or 5m, at least 1ms, or auto)",
                "timeouts: {connect: off} | timeouts.connect: off (expected: a duration such as 200ms, 2s or 5m, at least 1ms)",
                "cooldown: {defaultMax: 1s} | cooldown.defaultMax: 1s (expected: >= default, 10s)",
                "cooldown: {jitter: 2} | cooldown.jitter: 2 (expected: a number from 0 to 1)",
                "cooldown: {halfOpen: on} | cooldown.halfOpen: on (expected: single-probe, or off)",
                "failoverOn: {add: [200]} | failoverOn.add[0]: 200 (expected: integer 300..599)",
                "failoverOn: {add: 404} | failoverOn.add: 404 (expected: a list)",
                "allFailed: 503 | allFailed: 503 (expected: one of auto, 429, last-response)",
                "recovery: {modes: [rewind]} | recovery.modes[0]: rewind (expected: one of replay, continue)",
                "earlySpill: 1.5 | earlySpill: 1.5 (expected: a number from 0 to 1, or off)",
                "retryBudget: {percent: 101} | retryBudget.percent: 101 (expected: a number from 0 to 100)",
                "hedge: {after: 0s} | hedge.after: 0s (expected: a duration such as 200ms, 2s or 5m, at least 1ms, or off, or p95)",
                "hedge: {budgetPercent: 200} | hedge.budgetPercent: 200 (expected: a number from 0 to 100)",
                "maxRequestBytes: 0 | maxRequestBytes: 0 (expected: a size such as 64KB or 16MiB, from 1 to 1073741824 bytes)",
                "circuitBreaker: {maxConnection: 1} | circuitBreaker.maxConnection: unknown key (did you mean maxConnections?)",
                "circuitBreaker: on | circuitBreaker: on (expected: a mapping, or off)",
                "queue: {size: -1} | queue.size: -1 (expected: integer 0..1000000)",
                "outlier: {panicThreshold: 101} | outlier.panicThreshold: 101 (expected: a number from 0 to 100)",
                "tripOn: never | tripOn: never (expected: one of immediate, outlier)",
                "expose: all | expose: all (expected: one of none, ids, full)",
                "heartbeat: 10 | heartbeat: 10 (expected: a duration such as 200ms, 2s or 5m, at least 1ms, or off)",
                "dispatch: true | backends: not a key of a pool with dispatch: true (known: dispatch, router)",
                "flow: {} | flow: given (expected: none, as the pool has no router)",
            })
    void wrongSettingOfAPoolIsNamed(String yaml, String problem) {
        assertThat(config.problems("pools: {p: {backends: [{id: a, url: h}], " + yaml + "}}"))
                .containsExactly(":1: pools.p." + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pools: {p: {}} | pools.p.backends: missing (expected: at least one backend, or dispatch: true)",
                "pools: {p: {backends: []}} | pools.p.backends: none (expected: at least one backend, or dispatch: true)",
                "pools: {p: {backends: [{}]}} | pools.p.backends[0].url: missing (expected: http:// or https://, a host, and if need be a port 1..65535 and a path; no user, query or fragment)",
                "pools: {p: {backends: [{url: h, weight: 0}]}} | pools.p.backends: all have weight: 0 (expected: at least one with more)",
                "pools: {p: {backends: [{id: a, url: h}, {id: a, url: i}]}} | pools.p.backends[1].id: a (expected: an id that no other backend of the pool has)",
                "pools: {p: {backends: [{id: a, url: h}, {id: b, url: 'https://h:443/'}]}} | pools.p.backends[1].url: https://h (expected: a url, credential or models that differ from those of backend a)",
                "pools: {p: {backends: [{url: h/x, pathPrefix: y}]}} | pools.p.backends[0].pathPrefix: /y (expected: none, as the url has the path /x)",
                "pools: {p q: {backends: [{url: h}]}} | pools.p q: (expected: a name of letters, digits, dots, colons, hyphens and underscores, at most 128)",
                "pools: {p: {backends: [{id: a/b, url: h}]}} | pools.p.backends[0].id: a/b (expected: a name of letters, digits, dots, colons, hyphens and underscores, at most 128)",
                "pools: {p: {backends: [{url: h, credential: {apiKey: k}, forwardCredentials: true}]}} | pools.p.backends[0].forwardCredentials: true (expected: false, as the backend has a credential of its own)",
                "pools: {p: {backends: [{url: h, credential: {apiKey: k, apiKeyFile: west.key}}]}} | pools.p.backends[0].credential.apiKeyFile: a second credential (expected: apiKey alone)",
                "pools: {p: {backends: [{url: h}]}, q: {backends: [{url: h}]}} | routes: missing (expected: a route to each pool, as there are several)",
                "{pools: {p: {backends: [{url: h}]}}, dispatch: {}} | dispatch: no workers to dispatch to (expected: a pool with dispatch: true)",
                "{pools: {p: {backends: [{url: h}]}}, routes: [{models: [m], pool: q}]} | routes[0].pool: q (expected: one of the pools with backends: p)",
                "{pools: {p: {backends: [{url: h}]}}, routes: [{models: [], pool: p}]} | routes[0].models: none (expected: at least one model)",
                "{pools: {p: {backends: [{url: h}]}}, routes: [{models: [m, m], pool: p}]} | routes[0].models: m (expected: a model that no other route has)",
                "{pools: {p: {backends: [{url: h}]}}, routes: [{models: [m], pool: p, fallbacks: [{model: n, pool: q}]}]} | routes[0].fallbacks[0].pool: q (expected: one of the pools with backends: p)",
                "{pools: {p: {backends: [{url: h}]}}, routes: [{models: [m], pool: p, fallbacks: [{model: m, pool: p}]}]} | routes[0].fallbacks: m → m (expected: fallbacks that do not lead back)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {redis: x}} | shared.redis: another scheme (expected: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {redis: 'redis://secret@h'}} | shared.redis: a user without a password (expected: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {prefix: p}} | shared.redis: missing (expected: a URL of Redis or Valkey)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {redis: [secret]}} | shared.redis: a list (expected: a URL of Redis or Valkey)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {redis: 'redis://h', prefix: a b}} | shared.prefix: a b (expected: 1 to 100 of A-Z a-z 0-9 . _ - :)",
                "{pools: {p: {backends: [{url: h}]}}, shared: {redis: 'redis://h', limits: exact}} | shared.limits: exact (expected: leased, as with exact each request would wait for the server)",
                "shared: {redis: 'redis://h'} | shared: nothing to share (expected: a pool with backends)",
                "listen: {tls: {certFile: cert.pem}} | listen.tls.keyFile: missing (expected: a readable file with a private key in PEM, PKCS #8 without a password)",
                "listen: {tls: {certFile: none, keyFile: key.pem}} | listen.tls.certFile: none (expected: a readable file with certificates in PEM)",
                "listen: {tls: {certFile: cert.pem, keyFile: cert.pem}} | listen.tls.keyFile: cert.pem (expected: a readable file with a private key in PEM, PKCS #8 without a password)",
                "admin: {tokenFile: none} | admin.tokenFile: none (expected: a readable file that holds one token)",
                "admin: {host: 0.0.0.0} | admin.host: 0.0.0.0 (expected: a loopback address, or admin.tokenFile, or insecure: true)",
                "{listen: {port: 9000}, admin: {port: 9000}} | admin.port: 9000 (expected: another port than that of listen)",
                "pools: {p: {backends: [{id: \"a\\eb\", url: h}]}} | pools.p.backends[0].id: a b (expected: a name of letters, digits, dots, colons, hyphens and underscores, at most 128)",
                "auth: {client: []} | auth.client: unknown key (did you mean clients?)",
                "maxBufferedBytes: -1 | maxBufferedBytes: -1 (expected: a size such as 64KB or 16MiB, from 1 to 1099511627776 bytes)",
            })
    void whatDoesNotFitTogetherIsNamed(String yaml, String problem) {
        assertThat(config.problems(yaml)).containsExactly(":1: " + problem);
    }

    @Test
    void namesAreCheckedBesideWrongNumbers() {
        assertThat(config.problems("""
                pools:
                  p:
                    router: {policy: p3c, maxOngoing: -1, fallback: rnd}
                    backends:
                      - {id: a, url: h}
                      - {id: a, url: i, weight: -1}
                """))
                .satisfiesExactlyInAnyOrder(
                        first -> assertThat(first).startsWith(":3: pools.p.router.policy: p3c is unknown"),
                        second -> assertThat(second).startsWith(":3: pools.p.router.maxOngoing: -1 (expected: "),
                        third -> assertThat(third).startsWith(":3: pools.p.router.fallback: rnd is unknown"),
                        fourth -> assertThat(fourth).startsWith(":6: pools.p.backends[1].weight: -1 (expected: "),
                        fifth -> assertThat(fifth).startsWith(":6: pools.p.backends[1].id: a (expected: an id that"));
    }

    @Test
    void whatARouterReplacesIsNamedOnce() {
        assertThat(config.problems("pools: {p: {selection: best, router: {}, backends: [{url: h}]}}"))
                .containsExactly(":1: pools.p.selection: given (expected: none, as the pool has a router)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url: 'http://h:8000/v1/' | http://h:8000/v1 (a request to /v1/models goes to /v1/v1/models; expected: http://h:8000)",
                "url: 'https://h', pathPrefix: a/v1 | https://h/a/v1 (a request to /v1/models goes to /a/v1/v1/models; expected: https://h/a)",
                "url: 'localhost' | localhost (without http:// it is spoken to in TLS; expected: http://localhost, or https://localhost if it speaks TLS)",
                "url: 'gpu-1:8000' | gpu-1:8000 (without http:// it is spoken to in TLS; expected: http://gpu-1:8000, or https://gpu-1:8000 if it speaks TLS)",
                "url: '[::1]:8000/v1' | [0:0:0:0:0:0:0:1]:8000/v1 (a request to /v1/models goes to /v1/v1/models; without http:// it is spoken to in TLS; expected: http://[0:0:0:0:0:0:0:1]:8000, or https://[0:0:0:0:0:0:0:1]:8000 if it speaks TLS)",
            })
    void urlThatIsProbablyNotMeantIsAWarning(String keys, String warning) {
        assertThat(config.read("pools: {p: {backends: [{" + keys + "}]}}").warnings())
                .singleElement()
                .asString()
                .endsWith("headgate.yaml:1: warning: pools.p.backends[0].url: " + warning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h",
                "h:443",
                "h:8443",
                "https://localhost:8000",
                "http://127.0.0.1:1",
                "https://h/v1beta",
                "h/v1/x"
            })
    void otherUrlsAreNoWarning(String url) {
        assertThat(config.read("pools: {p: {backends: [{url: '" + url + "'}]}}").warnings())
                .isEmpty();
    }

    @Test
    void fallbacksThatLeadInACircleAreRefused() {
        assertThat(config.problems("""
                pools: {p: {backends: [{url: h}]}}
                routes:
                  - {models: [a], pool: p, fallbacks: [{model: b, pool: p}]}
                  - {models: [b], pool: p, fallbacks: [{model: c, pool: p}]}
                  - {models: [c], pool: p, fallbacks: [{model: a, pool: p}]}
                """))
                .containsExactly(
                        ":3: routes[0].fallbacks: a → b → c → a (expected: fallbacks that do not lead back)",
                        ":4: routes[1].fallbacks: b → c → a → b (expected: fallbacks that do not lead back)",
                        ":5: routes[2].fallbacks: c → a → b → c (expected: fallbacks that do not lead back)");
    }
}
