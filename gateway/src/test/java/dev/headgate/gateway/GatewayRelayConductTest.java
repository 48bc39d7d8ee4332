package dev.headgate.gateway;

import static dev.headgate.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.relay.Credential;
import dev.headgate.gateway.relay.PoolEdge;
import dev.headgate.gateway.relay.TokenProvider;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay's conduct towards callers and operators: limits, large bodies, HTTP/2, reloading, the admin listener. */
class GatewayRelayConductTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";
    private static final String ANSWER = "{\"id\":\"x\",\"choices\":[]}";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n",
                "Content-Length: 2\nContent-Length: 3\n\n{}",
                "X-Folded: a\n b\nContent-Length: 2\n\n{}",
                "X-Control: a\u0001b\nContent-Length: 2\n\n{}",
                "Transfer-Encoding: chunked\n\nzz\n{}\n0\n\n",
            })
    void ambiguousRequestIsRefusedAndNeverRelayed(String rest) {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: h\n" + rest);
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(only.requests()).isEmpty();
        }
    }

    @Test
    void foldedLineIsRefusedHoweverItArrives() {
        String request = "POST " + CHAT + " HTTP/1.1\r\nHost: h\r\nX-Folded: a\r\n\tb\r\nContent-Length: 2\r\n\r\n{}";
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start()) {
            for (String before : List.of("", "\r\n", "\r\n\r\n")) {
                try (RawClient client = new RawClient(gateway)) {
                    for (byte each : (before + request).getBytes(StandardCharsets.US_ASCII)) {
                        client.send(new byte[] {each});
                    }
                    assertThat(client.answer().status()).isEqualTo(400);
                }
            }
            assertThat(only.requests()).isEmpty();
        }
    }

    @Test
    void tooManyFieldsAreRefused() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: h\n" + "X: y\n".repeat(200) + "Content-Length: 2\n\n{}");
            assertThat(client.answer().status()).isEqualTo(431);
            assertThat(only.requests()).isEmpty();
        }
    }

    @Test
    void offerToUpgradeIsIgnoredAndNotPassedOn() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: h\nConnection: Upgrade, HTTP2-Settings, X-Mine\n"
                    + "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\nX-Mine: 1\nExpect: 100-continue\n"
                    + "Content-Length: " + ASK.length() + "\n\n" + ASK);
            assertThat(client.answer().status()).isEqualTo(100);
            assertThat(client.answer().status()).isEqualTo(200);
            String fields = only.requests().getFirst().fields().toString();
            assertThat(fields)
                    .doesNotContainIgnoringCase("upgrade")
                    .doesNotContainIgnoringCase("http2-settings")
                    .doesNotContainIgnoringCase("x-mine")
                    .doesNotContainIgnoringCase("expect")
                    .doesNotContainIgnoringCase("connection:");
        }
    }

    @Test
    void largeBodyPassesWhole() {
        byte[] body = new byte[50 << 20];
        Arrays.fill(body, (byte) ' ');
        byte[] start = "{\"model\":\"m\",\"messages\":[]".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, body, 0, start.length);
        body[body.length - 1] = '}';
        try (ScriptedUpstream first = ScriptedUpstream.json(503, "{}");
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(gateway.uri(CHAT)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            assertThat(gateway.send(request).statusCode()).isEqualTo(200);
            assertThat(second.requests().getFirst().body()).isEqualTo(body);
        }
    }

    @Test
    void bodyOverThePoolsLimitIsRefused() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway =
                        RelayPlan.over(only).maxBytes(1000, 1 << 20).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, "{\"model\":\"" + "m".repeat(1000) + "\"}");
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(json(answer).path("error").path("code").asText()).isEqualTo("request_too_large");
            assertThat(only.requests()).isEmpty();
        }
    }

    @Test
    void fullMemoryForBodiesRefusesNewOnesUntilAReloadGivesMore() {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(go);
                    line.answer(200, "application/json", ANSWER);
                });
                TestGateway gateway =
                        RelayPlan.over(only).maxBytes(1 << 20, 150_000).start()) {
            String body = "{\"model\":\"m\",\"x\":\"" + "y".repeat(100_000) + "\"}";
            CompletableFuture<HttpResponse<String>> held = gateway.postAsync(CHAT, body);
            TestGateway.await("the first is upstream", () -> !only.requests().isEmpty());
            HttpResponse<String> refused = gateway.post(CHAT, body);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(json(refused).path("error").path("code").asText()).isEqualTo("overloaded");
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            gateway.server()
                    .reload(RelayPlan.over(only).maxBytes(1 << 20, 400_000).options());
            CompletableFuture<HttpResponse<String>> fits = gateway.postAsync(CHAT, body);
            TestGateway.await("the second is upstream", () -> only.requests().size() == 2);
            go.countDown();
            assertThat(held.join().statusCode()).isEqualTo(200);
            assertThat(fits.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void http2CallersAreServedLikeOthers() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).start();
                H2Client client = new H2Client(gateway)) {
            H2Client.Stream stream = client.open();
            stream.headers(new DefaultHttp2Headers()
                    .method("GET")
                    .path("/v1/files?x=1")
                    .scheme("http")
                    .authority("h"));
            H2Client.Answer answer = stream.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(only.requests().getFirst().target()).isEqualTo("/v1/files?x=1");
            assertThat(only.requests().getFirst().fields().toString()).doesNotContainIgnoringCase("x-http2");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) ->
                        line.answer(200, "application/json", "{\"n\":" + served.incrementAndGet() + "}"));
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.post(CHAT, ASK).post(CHAT, ASK).post(CHAT, ASK);
            for (int n = 1; n <= 3; n++) {
                assertThat(client.answer().body()).isEqualTo("{\"n\":" + n + "}");
            }
        }
    }

    @Test
    void reloadUnderTrafficLosesNothing() {
        try (ScriptedUpstream before = ScriptedUpstream.json(200, "{\"from\":1}");
                ScriptedUpstream after = ScriptedUpstream.json(200, "{\"from\":2}");
                TestGateway gateway = RelayPlan.over(before).start()) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int call = 0; call < 200; call++) {
                answers.add(gateway.postAsync(CHAT, ASK));
                if (call % 20 == 10) {
                    gateway.server()
                            .reload((call % 40 == 10 ? RelayPlan.over(after) : RelayPlan.over(before)).options());
                }
            }
            answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
            assertThat(gateway.server().generation()).isEqualTo(11);
        }
    }

    @Test
    void tokenIsFetchedAgainWhenItIsRefused() {
        AtomicInteger fetched = new AtomicInteger();
        TokenProvider provider = new TokenProvider() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Token fetch() {
                return new Token("t" + fetched.incrementAndGet(), Instant.now().plusSeconds(3600));
            }
        };
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> line.answer(
                        request.all("authorization").contains("Bearer t1") ? 401 : 200, "application/json", ANSWER));
                TestGateway gateway = new RelayPlan()
                        .with(only, Credential.tokens(provider), "", Map.of())
                        .start()) {
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            assertThat(fetched).hasValue(2);
        }
    }

    @Test
    void trailNamesEveryAttempt() {
        try (ScriptedUpstream first = ScriptedUpstream.json(429, "{}");
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(first, second)
                        .expose(PoolEdge.Expose.FULL)
                        .start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.headers().firstValue("x-headgate-trail").orElse(""))
                    .matches("b1=429/\\d+ms,b2=200/\\d+ms");
        }
    }

    @Test
    void deadlineOfTheCallerEndsTheRequest() {
        try (ScriptedUpstream only = new ScriptedUpstream(
                        (request, line) -> assertThat(line.isLeft()).isTrue());
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(CHAT))
                    .header("x-headgate-deadline-ms", "300")
                    .POST(HttpRequest.BodyPublishers.ofString(ASK));
            HttpResponse<String> answer = gateway.send(request);
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(json(answer).path("error").path("code").asText()).isEqualTo("upstream_timeout");
        }
    }

    @Test
    void operatorSeesAndDrainsBackends() {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        AtomicInteger reloads = new AtomicInteger();
        AdminOptions admin = new AdminOptions(
                anyPort,
                RelayPlan.bearer("secret"),
                () -> reloads.incrementAndGet() == 1
                        ? new Reload.Outcome.Reloaded(7)
                        : new Reload.Outcome.Refused("priority: 0 (expected: integer 1..1000)"));
        try (ScriptedUpstream first = ScriptedUpstream.json(200, "{\"from\":1}");
                ScriptedUpstream second = ScriptedUpstream.json(200, "{\"from\":2}");
                TestGateway gateway = TestGateway.start(options -> options.withRelay(
                                RelayPlan.over(first, second).options())
                        .withAdmin(admin))) {
            assertThat(gateway.post(CHAT, ASK).body()).isEqualTo("{\"from\":1}");
            assertThat(operator(gateway, "GET", "/admin/backends", "wrong").statusCode())
                    .isEqualTo(401);
            assertThat(operator(gateway, "GET", "/healthz", "wrong").statusCode())
                    .isEqualTo(200);
            assertThat(operator(gateway, "POST", "/admin/backends/main/b1/drain", "secret")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(operator(gateway, "POST", "/admin/backends/main/b9/drain", "secret")
                            .statusCode())
                    .isEqualTo(404);
            JsonNode backends = json(operator(gateway, "GET", "/admin/backends", "secret"));
            assertThat(backends.get(0).path("id").asText()).isEqualTo("b1");
            assertThat(backends.get(0).path("state").asText()).isEqualTo("drained");
            assertThat(backends.get(0).path("successfulCalls").asLong()).isEqualTo(1);
            assertThat(gateway.post(CHAT, ASK).body()).isEqualTo("{\"from\":2}");
            assertThat(operator(gateway, "GET", "/metrics", "secret").body())
                    .contains("headgate_attempts_total{pool=\"main\",backend=\"b2\",outcome=\"success\"} 1")
                    .contains("headgate_backend_state{pool=\"main\",backend=\"b1\",state=\"drained\"} 1");
            assertThat(json(operator(gateway, "POST", "/admin/reload", "secret"))
                            .path("generation")
                            .asLong())
                    .isEqualTo(7);
            assertThat(operator(gateway, "POST", "/admin/reload", "secret").statusCode())
                    .isEqualTo(422);
        }
    }

    private static HttpResponse<String> operator(TestGateway gateway, String method, String path, String token) {
        URI uri =
                URI.create("http://127.0.0.1:" + gateway.server().adminAddress().getPort() + path);
        return gateway.send(HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }
}
