package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams through the relay, to upstreams on the loopback. */
class GatewayRelayStreamTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static void tokens(ScriptedUpstream.Line line, int from, int to) throws IOException {
        for (int token = from; token < to; token++) {
            line.token("t" + token + " ");
        }
    }

    private static ScriptedUpstream whole(int tokens) {
        return new ScriptedUpstream((request, line) -> {
            line.stream();
            tokens(line, 0, tokens);
            line.finish();
        });
    }

    private static void assertWhole(String body, int tokens) {
        int at = -1;
        for (int token = 0; token < tokens; token++) {
            int next = body.indexOf("\"t" + token + " \"");
            assertThat(next).as("token " + token + " in " + body).isGreaterThan(at);
            assertThat(body.indexOf("\"t" + token + " \"", next + 1)).isNegative();
            at = next;
        }
        assertThat(body).endsWith("data: [DONE]\n\n");
        assertThat(body.split("\\[DONE]", -1)).hasSize(2);
    }

    @Test
    void streamArrivesWholeAndItsConnectionServesOn() {
        try (ScriptedUpstream upstream = whole(20);
                TestGateway gateway = RelayPlan.over(upstream).start()) {
            for (int call = 0; call < 3; call++) {
                HttpResponse<String> answer = gateway.post(CHAT, ASK);
                assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
                assertWhole(answer.body(), 20);
            }
            assertThat(upstream.requests().getFirst().all("accept-encoding")).containsExactly("identity");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void tokensArriveBeforeTheStreamEnds() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream((request, line) -> {
                    line.stream().token("t0 ");
                    ScriptedUpstream.Line.await(seen);
                    line.finish();
                });
                TestGateway gateway = RelayPlan.over(upstream).start()) {
            try (InputStream body = stream(gateway).body()) {
                assertThat(new String(body.readNBytes(20), StandardCharsets.UTF_8))
                        .startsWith("data: {");
                seen.countDown();
                assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                        .endsWith("[DONE]\n\n");
            }
        }
    }

    private static HttpResponse<InputStream> stream(TestGateway gateway) {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(CHAT))
                .POST(HttpRequest.BodyPublishers.ofString(ASK))
                .build();
        return gateway.client()
                .sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .join();
    }

    @Test
    void streamWithoutATokenFailsOver() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream().event("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}");
                    line.cut();
                });
                ScriptedUpstream second = whole(5);
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertWhole(answer.body(), 5);
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b2");
        }
    }

    @Test
    void streamThatBreaksIsTakenUpByTheNextBackend() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 0, 7);
                    line.cut();
                });
                ScriptedUpstream second = whole(12);
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            assertWhole(gateway.post(CHAT, ASK).body(), 12);
            assertThat(second.requests()).hasSize(1);
        }
    }

    @Test
    void streamThatNothingSavesEndsWithAnError() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 0, 3);
                    line.send("0\r\n\r\n");
                    line.cut();
                });
                TestGateway gateway =
                        RelayPlan.over(only).settings(withoutRecovery()).start()) {
            String body = gateway.post(CHAT, ASK).body();
            assertThat(body)
                    .contains("\"t2 \"")
                    .contains("event: error\ndata: {\"error\":")
                    .doesNotContain("[DONE]");
            assertThat(body).contains("stream_interrupted").endsWith("\n\n");
        }
    }

    private static FailoverSettings withoutRecovery() {
        return FailoverSettings.DEFAULTS
                .with()
                .recovery(new FailoverSettings.RecoverySettings(List.of(), 0, 0))
                .build();
    }

    private static FailoverSettings with(TimeoutSettings timeouts, FailoverSettings.HedgeSettings hedge) {
        return FailoverSettings.DEFAULTS.with().timeouts(timeouts).hedge(hedge).build();
    }

    private static TimeoutSettings timeouts(Duration ttft, Duration idle) {
        TimeoutSettings d = FailoverSettings.DEFAULTS.timeouts();
        return new TimeoutSettings(d.connect(), ttft, d.response(), idle, d.total());
    }

    @Test
    void silentBackendIsLeftForTheNext() {
        CountDownLatch left = new CountDownLatch(1);
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    if (line.isLeft()) {
                        left.countDown();
                    }
                });
                ScriptedUpstream second = whole(4);
                TestGateway gateway = RelayPlan.over(first, second)
                        .settings(with(
                                timeouts(Duration.ofMillis(200), Duration.ZERO), FailoverSettings.DEFAULTS.hedge()))
                        .start()) {
            assertWhole(gateway.post(CHAT, ASK).body(), 4);
            TestGateway.await("the silent attempt is cancelled", () -> left.getCount() == 0);
        }
    }

    @Test
    void streamThatStallsIsTakenUpByTheNextBackend() {
        try (ScriptedUpstream first = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 0, 3);
                    assertThat(line.isLeft()).isTrue();
                });
                ScriptedUpstream second = whole(6);
                TestGateway gateway = RelayPlan.over(first, second)
                        .settings(with(
                                timeouts(Duration.ZERO, Duration.ofMillis(200)), FailoverSettings.DEFAULTS.hedge()))
                        .start()) {
            assertWhole(gateway.post(CHAT, ASK).body(), 6);
        }
    }

    @Test
    void answerWithoutItsEndMarkIsEndedAfterASecond() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 0, 2);
                    line.event("{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
                    assertThat(line.isLeft()).isTrue();
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            long begun = System.nanoTime();
            assertWhole(gateway.post(CHAT, ASK).body(), 2);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void callerThatLeavesCancelsItsAttempt() throws Exception {
        CompletableFuture<Long> leftAt = new CompletableFuture<>();
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream().token("t0 ");
                    if (line.isLeft()) {
                        leftAt.complete(System.nanoTime());
                    }
                });
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.post(CHAT, ASK);
            TestGateway.await("the request is upstream", () -> !only.requests().isEmpty());
            long hungUpAt = System.nanoTime();
            client.abort();
            long took = leftAt.get(10, TimeUnit.SECONDS) - hungUpAt;
            assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofMillis(500)); // 100 ms on an idle machine
        }
    }

    @Test
    void secondAttemptWinsWhereTheFirstIsSlow() {
        try (ScriptedUpstream first = new ScriptedUpstream(
                        (request, line) -> assertThat(line.isLeft()).isTrue());
                ScriptedUpstream second = whole(3);
                TestGateway gateway = RelayPlan.over(first, second)
                        .settings(with(
                                FailoverSettings.DEFAULTS.timeouts(),
                                new FailoverSettings.HedgeSettings(
                                        FailoverSettings.HedgeSettings.After.FIXED, Duration.ofMillis(100), 100)))
                        .start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertWhole(answer.body(), 3);
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b2");
            assertThat(answer.headers().firstValue("x-headgate-attempts")).contains("2");
        }
    }

    @Test
    void heartbeatsComeWhileNothingElseDoes() {
        CountDownLatch beat = new CountDownLatch(1);
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    ScriptedUpstream.Line.await(beat);
                    line.stream().token("t0 ").finish();
                });
                TestGateway gateway =
                        RelayPlan.over(only).heartbeat(Duration.ofMillis(100)).start()) {
            try (InputStream body = stream(gateway).body()) {
                String comment = ": keepalive\n\n";
                assertThat(new String(body.readNBytes(comment.length()), StandardCharsets.UTF_8))
                        .isEqualTo(comment);
                beat.countDown();
                assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                        .endsWith("[DONE]\n\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
