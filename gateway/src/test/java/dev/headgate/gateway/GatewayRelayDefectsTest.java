package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.gateway.relay.Credential;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What backends may do between an answer and none. */
class GatewayRelayDefectsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    @Test
    void errorThatAStreamBeganWithIsTheAnswerWhereNothingFollows() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream().event("{\"error\":{\"message\":\"out of \\\"luck\\\"\",\"type\":\"server_error\"}}");
                    line.finish();
                });
                ScriptedUpstream second = new ScriptedUpstream((request, line) -> line.cut());
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, STREAM);

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body())
                    .isEqualTo("{\"error\":{\"message\":\"out of \\\"luck\\\"\",\"type\":\"server_error\","
                            + "\"param\":null,\"code\":null}}");
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b1");
        }
    }

    @Test
    void refusalThatIsCutIsNeverPassedOnAsWhole() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
                            + "content-length: 1000\r\n\r\n{\"error\":{\"mess");
                    line.cut();
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .startsWith("{\"error\":{\"message\":\"the upstream failed")
                    .endsWith("}}");
        }
    }

    @Test
    void heartbeatsStayOutOfWhatIsNoStreamOfEvents() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncontent-length: 8\r\n\r\n{}\n");
                    TestGateway.pauseFor(Duration.ofMillis(400));
                    line.send("{\"a\":1}".substring(0, 5));
                });
                TestGateway gateway =
                        RelayPlan.over(only).heartbeat(Duration.ofMillis(50)).start()) {
            assertThat(gateway.post(CHAT, STREAM).body()).isEqualTo("{}\n{\"a\":");
        }
    }

    @Test
    void waitForRoomInTheBreakerIsNotTheBackendsSilence() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        ScriptedUpstream.Script slow = (request, line) -> {
            line.stream().token("t0 ");
            begun.countDown();
            ScriptedUpstream.Line.await(done);
            line.finish();
        };
        BreakerSettings one = RelayPlan.perEndpoint(1, 100, 10, BreakerSettings.Body.OPENAI);
        FailoverSettings d = FailoverSettings.DEFAULTS;
        FailoverSettings settings = RelayPlan.with(d, one)
                .with()
                .timeouts(new TimeoutSettings(
                        d.timeouts().connect(),
                        Duration.ofMillis(300),
                        d.timeouts().response(),
                        d.timeouts().idle(),
                        d.timeouts().total()))
                .build();
        try (ScriptedUpstream first = new ScriptedUpstream(slow);
                ScriptedUpstream second = new ScriptedUpstream(slow);
                TestGateway gateway =
                        RelayPlan.over(first, second).settings(settings).startOnOneLoop()) {
            CompletableFuture<HttpResponse<String>> running = gateway.postAsync(CHAT, STREAM);
            begun.await();
            CompletableFuture<HttpResponse<String>> waiting = gateway.postAsync(CHAT, STREAM);

            TestGateway.await(
                    "the other is asked in its place", () -> second.requests().size() == 1);
            done.countDown();
            assertThat(running.get().body()).endsWith("[DONE]\n\n");
            assertThat(waiting.get().headers().firstValue("x-headgate-backend")).contains("b2");
            assertThat(gateway.post(CHAT, STREAM).headers().firstValue("x-headgate-backend"))
                    .as("the first is not cooling")
                    .contains("b1");
        }
    }

    @Test
    void tokenThatLetsACallerInIsNoBackends() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, "{}")) {
            RelayPlan plan = new RelayPlan().with(only, Credential.FORWARDED, "", Map.of());
            GatewayOptions.Client caller = new GatewayOptions.Client("t1", RelayPlan.bearer("our-secret"));
            try (TestGateway gateway = TestGateway.start(
                    options -> options.withRelay(plan.options()).withClients(List.of(caller)))) {
                HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(CHAT))
                        .header("Authorization", "Bearer our-secret")
                        .header("api-key", "callers")
                        .POST(HttpRequest.BodyPublishers.ofString(ASK));
                assertThat(gateway.send(request).statusCode()).isEqualTo(200);
                assertThat(only.requests().getFirst().fields().toString()).doesNotContain("our-secret");
                assertThat(only.requests().getFirst().all("api-key")).containsExactly("callers");
            }
        }
    }
}
