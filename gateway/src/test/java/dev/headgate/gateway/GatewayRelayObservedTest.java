package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see of the relay, and what odd callers do to it. */
class GatewayRelayObservedTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[],\"stream\":true}";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static TestGateway watched(RelayPlan plan) {
        AdminOptions admin = new AdminOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, () -> new Reload.Outcome.Reloaded(1));
        return TestGateway.start(
                options -> options.withRelay(plan.options()).withAdmin(admin).withAccessLog());
    }

    private static HttpResponse<String> operator(TestGateway gateway, String path) {
        int port = gateway.server().adminAddress().getPort();
        return gateway.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
    }

    private static ScriptedUpstream whole(int tokens) {
        return new ScriptedUpstream((request, line) -> {
            line.stream();
            for (int i = 0; i < tokens; i++) {
                line.token("t" + i + " ");
            }
            line.finish();
        });
    }

    @Test
    void streamsAreMeasured() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream().token("t0 ").token("t1 ");
                    line.cut();
                });
                ScriptedUpstream second = whole(5);
                TestGateway gateway = watched(RelayPlan.over(first, second))) {
            assertThat(gateway.post(CHAT, ASK).body()).contains("t4 ");
            String metrics = operator(gateway, "/metrics").body();
            assertThat(metrics)
                    .contains("# TYPE headgate_first_token_seconds histogram")
                    .contains("headgate_first_token_seconds_count{pool=\"main\"} 2")
                    .contains("headgate_first_token_seconds_bucket{pool=\"main\",le=\"+Inf\"} 2")
                    .contains("headgate_commit_seconds_count{pool=\"main\"} 1")
                    .contains("headgate_overhead_seconds_count 1")
                    .contains("headgate_recoveries_total{pool=\"main\",mode=\"replay\",result=\"resumed\"} 1")
                    .containsPattern("headgate_token_gap_seconds_count\\{pool=\"main\"} [1-9]")
                    .containsPattern("headgate_wasted_tokens_total\\{pool=\"main\"} [1-9]");
        }
    }

    @Test
    void breakerCountsUnderEnvoysNamesAndFlagsItsRefusals() {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(go);
                    line.answer(200, "application/json", "{}");
                });
                TestGateway gateway = watched(RelayPlan.over(only)
                        .settings(RelayPlan.with(FailoverSettings.DEFAULTS, RelayPlan.breaker(1, 1))))) {
            CompletableFuture<HttpResponse<String>> running = gateway.postAsync(CHAT, ASK);
            TestGateway.await("one runs", () -> !only.requests().isEmpty());
            assertThat(gateway.post(CHAT + "?api-key=s3cret&x=1", ASK).statusCode())
                    .isEqualTo(503);
            assertThat(operator(gateway, "/metrics").body())
                    .contains("headgate_upstream_rq_pending_overflow{pool=\"main\"} 1")
                    .contains("headgate_upstream_rq_active{pool=\"main\"} 1")
                    .contains("headgate_rq_open{pool=\"main\"} 1");
            go.countDown();
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(LOGS.lines())
                    .anyMatch(line -> line.contains("status=503")
                            && line.contains("flags=UO")
                            && line.contains("api-key=***&x=1"))
                    .noneMatch(line -> line.contains("s3cret"));
        }
    }

    @Test
    void bothListenersSayThatTheyAreReady() {
        try (ScriptedUpstream only = ScriptedUpstream.json(429, "{}");
                TestGateway gateway = watched(RelayPlan.over(only))) {
            gateway.post(CHAT, ASK); // cooling does not change it
            assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(operator(gateway, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void callerThatTakesNothingIsCutOff() {
        CountDownLatch left = new CountDownLatch(1);
        String token = "y".repeat(60_000);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    try {
                        for (int i = 0; i < 2000; i++) {
                            line.token(token);
                        }
                    } finally {
                        left.countDown();
                    }
                    throw new AssertionError("all of it was taken");
                });
                TestGateway gateway = TestGateway.start(
                        options -> options.withRelay(RelayPlan.over(only).options())
                                .withHttp(options.http().withStallTime(Duration.ofMillis(300))));
                RawClient client = new RawClient(gateway)) {
            client.receiveLittle();
            client.post(CHAT, ASK);
            TestGateway.await("the upstream is left", () -> left.getCount() == 0);
            assertThat(client.untilClosed()).doesNotContain("[DONE]");
        }
    }

    @Test
    void targetThatNamesAHostIsPassedOnWithoutIt() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send("GET http://elsewhere.example/v1/files?x=1 HTTP/1.1\nHost: elsewhere.example\n\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(only.requests().getFirst().target()).isEqualTo("/v1/files?x=1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT elsewhere.example:443", "OPTIONS *", "GET v1/files", "GET ftp://h/x"})
    void targetThatIsNoPathIsRefused(String start) {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.send(start + " HTTP/1.1\nHost: h\n\n");
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(only.requests()).isEmpty();
        }
    }
}
