package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings;
import dev.headgate.core.failover.FailoverSettings.RecoverySettings.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies on their way through the relay: continued, inflated, with trailers, late, large, over HTTP/2. */
@ExtendWith(CleanLogs.class)
class GatewayRelayBodiesTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true}";

    private static void tokens(ScriptedUpstream.Line line, int from, int to) throws IOException {
        for (int token = from; token < to; token++) {
            line.token("t" + token + " ");
        }
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
    }

    private static FailoverSettings recovering(Mode... modes) {
        return RelayPlan.with(FailoverSettings.DEFAULTS, new RecoverySettings(List.of(modes), 65_536, 1));
    }

    private static ScriptedUpstream broken() {
        return new ScriptedUpstream((request, line) -> {
            line.stream();
            tokens(line, 0, 3);
            line.cut();
        });
    }

    @Test
    void streamThatBreaksIsContinuedAfterWhatTheCallerHas() {
        try (ScriptedUpstream first = broken();
                ScriptedUpstream second = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 3, 6);
                    line.finish();
                });
                TestGateway gateway = RelayPlan.continuing(first, second)
                        .settings(recovering(Mode.CONTINUE))
                        .start()) {
            assertWhole(gateway.post(CHAT, ASK).body(), 6);
            assertThat(second.requests().getFirst().text())
                    .contains("{\"role\":\"assistant\",\"content\":\"t0 t1 t2 \"}]");
        }
    }

    @Test
    void backendThatRefusesToContinueIsAskedAgainForAll() {
        try (ScriptedUpstream first = broken();
                ScriptedUpstream second = new ScriptedUpstream((request, line) -> {
                    if (request.text().contains("assistant")) {
                        line.answer(400, "application/json", "{\"error\":{\"message\":\"no prefill\"}}");
                        return;
                    }
                    line.stream();
                    tokens(line, 0, 6);
                    line.finish();
                });
                TestGateway gateway = RelayPlan.continuing(first, second)
                        .settings(recovering(Mode.CONTINUE, Mode.REPLAY))
                        .start()) {
            String body = gateway.post(CHAT, ASK).body();
            assertWhole(body, 6);
            assertThat(body).doesNotContain("no prefill");
            assertThat(second.requests()).hasSize(2);
        }
    }

    @Test
    void streamThatWasCompressedIsInflated() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    StringBuilder events = new StringBuilder();
                    for (int token = 0; token < 9; token++) {
                        events.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t")
                                .append(token)
                                .append(" \"}}]}\n\n");
                    }
                    byte[] coded = gzip(events.append("data: [DONE]\n\n").toString());
                    line.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n"
                            + "content-length: " + coded.length + "\r\n\r\n");
                    for (byte each : coded) {
                        line.send(new byte[] {each});
                    }
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertWhole(answer.body(), 9);
            assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
        }
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    void trailersReachThoseThatAskForThem() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n");
                    line.send("5\r\nhello\r\n0\r\nX-Sum: 7\r\nSet-Cookie: a=b\r\n\r\n");
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            assertThat(answer(gateway, "TE: trailers\n"))
                    .contains("hello")
                    .containsIgnoringCase("x-sum: 7")
                    .doesNotContainIgnoringCase("set-cookie");
            assertThat(answer(gateway, "")).contains("hello").doesNotContainIgnoringCase("x-sum");
        }
    }

    private static String answer(TestGateway gateway, String fields) {
        try (RawClient client = new RawClient(gateway)) {
            return client.send("GET /v1/files/f/content HTTP/1.1\nHost: h\nConnection: close\n" + fields + "\n")
                    .untilClosed();
        }
    }

    @Test
    void bodyThatStopsArrivingIsRefusedAndNeverRelayed() {
        Duration soon = Duration.ofMillis(300);
        try (ScriptedUpstream only = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = TestGateway.start(options -> options.withRelay(
                                RelayPlan.over(only).options())
                        .withHttp(options.http().withTimes(Duration.ofSeconds(10), soon, Duration.ofSeconds(75))));
                RawClient client = new RawClient(gateway)) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: h\nContent-Length: 100\n\n{");
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(only.requests()).isEmpty();
        }
    }

    @Test
    void streamsReachCallersOverHttp2() {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream();
                    tokens(line, 0, 20);
                    line.finish();
                });
                TestGateway gateway = RelayPlan.over(only).start();
                H2Client client = new H2Client(gateway)) {
            H2Client.Stream one = client.post(CHAT, ASK);
            H2Client.Stream other = client.post(CHAT, ASK);
            assertWhole(one.answer().body(), 20);
            assertWhole(other.answer().body(), 20);
            assertThat(only.requests().getFirst().text()).isEqualTo(ASK);
        }
    }

    @Test
    void largeBodyTakesLessHeapThanThreeOfIt() {
        byte[] body = new byte[10 << 20];
        Arrays.fill(body, (byte) ' ');
        byte[] start = "{\"model\":\"m\",\"messages\":[]".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, body, 0, start.length);
        body[body.length - 1] = '}';
        try (ScriptedUpstream first = ScriptedUpstream.json(503, "{}");
                ScriptedUpstream second = ScriptedUpstream.json(200, "{}");
                TestGateway gateway = RelayPlan.over(first, second).start()) {
            gateway.post(CHAT, ASK);
            long before = allocatedByLoops();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(gateway.uri(CHAT)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            assertThat(gateway.send(request).statusCode()).isEqualTo(200);
            assertThat(allocatedByLoops() - before).isBetween(1L, 3L * body.length);
        }
    }

    /** What the gateway's threads have ever allocated: no less than what they hold. */
    private static long allocatedByLoops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("headgate-loop")) {
                bytes += threads.getThreadAllocatedBytes(thread.threadId());
            }
        }
        return bytes;
    }
}
