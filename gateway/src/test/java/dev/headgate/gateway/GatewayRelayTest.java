package dev.headgate.gateway;

import static dev.headgate.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.gateway.relay.Credential;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whole answers through the relay, to upstreams on the loopback. */
class GatewayRelayTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";
    private static final String ANSWER = "{\"id\":\"x\",\"choices\":[]}";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    @Test
    void answerComesFromTheFirstBackendUnchanged() {
        try (ScriptedUpstream first = ScriptedUpstream.json(200, ANSWER, "x-ratelimit-remaining-requests: 9");
                ScriptedUpstream second = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(ANSWER);
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b1");
            assertThat(answer.headers().firstValue("x-headgate-attempts")).contains("1");
            assertThat(answer.headers().firstValue("x-headgate-request-id")).isPresent();
            assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests"))
                    .contains("9");
            assertThat(first.requests().getFirst().text()).isEqualTo(ASK);
            assertThat(second.requests()).isEmpty();
        }
    }

    @Test
    void throttledBackendIsFollowedByTheNextAndLeftAlone() {
        try (ScriptedUpstream first = ScriptedUpstream.json(429, "{\"error\":{}}", "retry-after: 30");
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b2");
            assertThat(answer.headers().firstValue("x-headgate-attempts")).contains("2");
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            assertThat(first.requests()).hasSize(1);
            assertThat(second.requests()).hasSize(2);
            assertThat(second.requests().getFirst().text()).isEqualTo(ASK);
        }
    }

    @Test
    void allThrottledTellTheSoonestWait() {
        try (ScriptedUpstream first = ScriptedUpstream.json(429, "{}", "retry-after: 44");
                ScriptedUpstream second = ScriptedUpstream.json(429, "{}", "retry-after: 4");
                ScriptedUpstream third = ScriptedUpstream.json(500, "{}", "retry-after: 7");
                TestGateway gateway = RelayPlan.over(first, second, third).start()) {
            for (int call = 0; call < 2; call++) {
                HttpResponse<String> answer = gateway.post(CHAT, ASK);
                assertThat(answer.statusCode()).isEqualTo(429);
                assertThat(answer.headers().firstValueAsLong("retry-after").orElse(0))
                        .isBetween(2L, 4L); // a slow machine counts down meanwhile
                assertThat(answer.headers().firstValueAsLong("retry-after-ms")).isPresent();
                assertThat(answer.headers().firstValue("x-should-retry")).isEmpty();
                assertThat(json(answer).path("error").path("code").asText()).isEqualTo("all_backends_throttled");
            }
            assertThat(first.requests()).hasSize(1);
            assertThat(second.requests()).hasSize(1);
            assertThat(third.requests()).hasSize(1);
        }
    }

    @Test
    void unreachableBackendsEndIn502() {
        ScriptedUpstream closed = ScriptedUpstream.json(200, "{}");
        closed.close();
        try (TestGateway gateway = RelayPlan.over(closed).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(json(answer).path("error").path("code").asText()).isEqualTo("upstream_unreachable");
            HttpResponse<String> later = gateway.post(CHAT, ASK);
            assertThat(later.statusCode()).isEqualTo(503);
            assertThat(json(later).path("error").path("code").asText()).isEqualTo("no_backend_available");
            assertThat(later.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void lastErrorIsHandedOverWithItsBody() {
        try (ScriptedUpstream first = ScriptedUpstream.json(503, "{\"error\":\"one\"}");
                ScriptedUpstream second = ScriptedUpstream.json(500, "{\"error\":\"two\"}", "x-request-id: up");
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("{\"error\":\"two\"}");
            assertThat(answer.headers().firstValue("x-request-id")).contains("up");
            assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
        }
    }

    @Test
    void callersMistakeIsReturnedAtOnce() {
        try (ScriptedUpstream first = ScriptedUpstream.json(400, "{\"error\":{\"message\":\"no\"}}");
                ScriptedUpstream second = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("no");
            assertThat(second.requests()).isEmpty();
        }
    }

    @Test
    void shortJsonThatBreaksOffIsHadFromTheNext() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.send(
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"half\":");
                    line.cut();
                });
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            assertThat(gateway.post(CHAT, ASK).body()).isEqualTo(ANSWER);
        }
    }

    @Test
    void modelIsReplacedInBodyAndPathOnlyWhereNamesDiffer() {
        try (ScriptedUpstream first = ScriptedUpstream.json(500, "{}");
                ScriptedUpstream second = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = new RelayPlan()
                        .with(first, Credential.NONE, "", Map.of("gpt", "gpt"))
                        .with(second, Credential.NONE, "/ai", Map.of("gpt", "my deployment"))
                        .start()) {
            String body = "{ \"messages\" : [ ], \"model\" : \"gpt\", \"n\" : 1 }";
            gateway.post("/openai/deployments/gpt/chat/completions?api-version=1%2F2", body);
            assertThat(first.requests().getFirst().text()).isEqualTo(body);
            assertThat(first.requests().getFirst().target())
                    .isEqualTo("/openai/deployments/gpt/chat/completions?api-version=1%2F2");
            assertThat(second.requests().getFirst().text()).isEqualTo(body.replace("gpt", "my deployment"));
            assertThat(second.requests().getFirst().target())
                    .isEqualTo("/ai/openai/deployments/my%20deployment/chat/completions?api-version=1%2F2");
            assertThat(second.requests().getFirst().all("content-length"))
                    .containsExactly(
                            Integer.toString(second.requests().getFirst().body().length));
        }
    }

    @Test
    void credentialsNeverCrossBackends() {
        try (ScriptedUpstream first = ScriptedUpstream.json(401, "{}");
                ScriptedUpstream second = ScriptedUpstream.json(500, "{}");
                ScriptedUpstream third = ScriptedUpstream.json(500, "{}");
                ScriptedUpstream fourth = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = new RelayPlan()
                        .with(first, Credential.apiKey(Credential.Header.API_KEY, "secret-1"), "", Map.of())
                        .with(second, Credential.apiKey(Credential.Header.AUTHORIZATION, "secret-2"), "", Map.of())
                        .with(third, Credential.NONE, "", Map.of())
                        .with(fourth, Credential.FORWARDED, "", Map.of())
                        .start()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(CHAT))
                    .header("Authorization", "Bearer callers")
                    .header("api-key", "callers")
                    .header("x-api-key", "callers")
                    .header("x-goog-api-key", "callers")
                    .header("Ocp-Apim-Subscription-Key", "callers")
                    .header("Proxy-Authorization", "callers")
                    .header("Cookie", "callers=1")
                    .header("x-headgate-priority", "1")
                    .header("OpenAI-Beta", "a")
                    .header("OpenAI-Beta", "b")
                    .POST(HttpRequest.BodyPublishers.ofString(ASK));
            assertThat(gateway.send(request).statusCode()).isEqualTo(200);
            assertThat(first.requests().getFirst().all("api-key")).containsExactly("secret-1");
            assertThat(first.requests().getFirst().fields().toString()).doesNotContain("callers");
            assertThat(second.requests().getFirst().all("authorization")).containsExactly("Bearer secret-2");
            assertThat(second.requests().getFirst().fields().toString()).doesNotContain("callers", "secret-1");
            assertThat(third.requests().getFirst().fields().toString()).doesNotContain("callers", "secret");
            ScriptedUpstream.Request forwarded = fourth.requests().getFirst();
            assertThat(forwarded.all("authorization")).containsExactly("Bearer callers");
            assertThat(forwarded.all("api-key")).containsExactly("callers");
            assertThat(forwarded.all("openai-beta")).containsExactly("a", "b");
            assertThat(forwarded.fields().toString())
                    .doesNotContain("secret", "callers=1")
                    .doesNotContainIgnoringCase("proxy-auth")
                    .doesNotContainIgnoringCase("x-headgate");
            assertThat(forwarded.all("host")).containsExactly("127.0.0.1:" + fourth.port());
        }
    }

    @Test
    void unknownPathsAndMethodsPassThrough() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER, "Set-Cookie: a=b");
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/files/f%2F1?purpose=x"))
                    .DELETE());
            assertThat(answer.body()).isEqualTo(ANSWER);
            assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
            assertThat(only.requests().getFirst().target()).isEqualTo("/v1/files/f%2F1?purpose=x");
            assertThat(only.requests().getFirst().method()).isEqualTo("DELETE");
            assertThat(gateway.get("/v1/models").body()).isEqualTo(ANSWER);
            assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(only.requests()).hasSize(2);
        }
    }

    @Test
    void routesNameTheModelsThatAreServed() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, ANSWER);
                TestGateway gateway = RelayPlan.over(only).route("m").start()) {
            assertThat(gateway.post(CHAT, ASK).statusCode()).isEqualTo(200);
            HttpResponse<String> unknown = gateway.post(CHAT, "{\"model\":\"other\"}");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(json(unknown).path("error").path("code").asText()).isEqualTo("model_not_found");
            assertThat(gateway.post(CHAT, "{}").statusCode()).isEqualTo(400);
            assertThat(json(gateway.get("/v1/models"))
                            .path("data")
                            .get(0)
                            .path("id")
                            .asText())
                    .isEqualTo("m");
            assertThat(only.requests()).hasSize(1);
        }
    }

    @Test
    void longAnswerThatBreaksOffIsNeverEndedCleanly() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send(
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
                    line.chunk("{\"x\":\"" + "y".repeat(2 << 20));
                    line.cut();
                });
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.post(CHAT, ASK);
            assertThat(client.untilClosed()).contains("yyy").doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void fullBreakerAnswersAsEnvoyDoes() {
        CountDownLatch go = new CountDownLatch(1);
        FailoverSettings d = FailoverSettings.DEFAULTS;
        BreakerSettings breaker = RelayPlan.breaker(1, 1);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(go);
                    line.answer(200, "application/json", ANSWER);
                });
                TestGateway gateway = RelayPlan.over(only)
                        .settings(RelayPlan.with(d, breaker))
                        .start()) {
            CompletableFuture<HttpResponse<String>> running = gateway.postAsync(CHAT, ASK);
            TestGateway.await("one runs", () -> !only.requests().isEmpty());
            HttpResponse<String> refused = gateway.post(CHAT, ASK);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("x-envoy-overloaded")).contains("true");
            assertThat(refused.headers().firstValue("content-type")).contains("text/plain");
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(refused.body())
                    .isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: overflow");
            go.countDown();
            assertThat(running.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void slowReaderHoldsTheUpstreamBack() {
        AtomicLong sent = new AtomicLong();
        String piece = "y".repeat(1 << 16);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 1600; i++) {
                        line.chunk(piece);
                        sent.addAndGet(piece.length());
                    }
                    line.send("0\r\n\r\n");
                });
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("GET /v1/files/f/content HTTP/1.1\nHost: h\nConnection: close\n\n");
            TestGateway.await("the answer begins", () -> sent.get() > 0);
            long before = -1;
            for (long now = sent.get(); now != before; now = sent.get()) {
                before = now;
                TestGateway.pauseFor(Duration.ofMillis(300));
            }
            assertThat(sent.get()).isLessThan(50L << 20); // what the sockets of a loopback hold
            assertThat(client.untilClosed().length()).isGreaterThan(1600 << 16);
        }
    }
}
