package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bytes flow through the relay: held back by slow callers, stopped by those that leave, passed to their end. */
@ExtendWith(CleanLogs.class)
class GatewayRelayFlowTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = "{\"model\":\"m\",\"messages\":[],\"stream\":true}";
    private static final int CANCELS = 11;
    private static final Duration LIMIT = Duration.ofMillis(100);

    /** A stream of one token whose other end tells when it was left. */
    private static ScriptedUpstream abandoned(BlockingQueue<Long> leftAt) {
        return new ScriptedUpstream((request, line) -> {
            line.stream().token("t0 ");
            if (line.isLeft()) {
                leftAt.add(System.nanoTime());
            }
        });
    }

    private static void assertPrompt(long[] nanos) {
        Arrays.sort(nanos);
        assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(LIMIT);
    }

    @Test
    void callersThatHangUpCancelUpstreamInTime() throws Exception {
        BlockingQueue<Long> leftAt = new LinkedBlockingQueue<>();
        long[] took = new long[CANCELS];
        try (ScriptedUpstream only = abandoned(leftAt);
                TestGateway gateway = RelayPlan.over(only).start()) {
            for (int call = 0; call < CANCELS; call++) {
                try (RawClient client = new RawClient(gateway)) {
                    client.post(CHAT, ASK).answerWithoutBody();
                    long hungUpAt = System.nanoTime();
                    client.abort();
                    took[call] = leftAt.poll(10, TimeUnit.SECONDS) - hungUpAt;
                }
            }
        }
        assertPrompt(took);
    }

    @Test
    void streamsThatAreResetCancelUpstreamInTime() throws Exception {
        BlockingQueue<Long> leftAt = new LinkedBlockingQueue<>();
        long[] took = new long[CANCELS];
        try (ScriptedUpstream only = abandoned(leftAt);
                TestGateway gateway = RelayPlan.over(only).start();
                H2Client client = new H2Client(gateway)) {
            for (int call = 0; call < CANCELS; call++) {
                int begun = call + 1;
                H2Client.Stream stream = client.post(CHAT, ASK);
                TestGateway.await(
                        "the request is upstream", () -> only.requests().size() == begun);
                long resetAt = System.nanoTime();
                stream.reset();
                took[call] = leftAt.poll(10, TimeUnit.SECONDS) - resetAt;
            }
        }
        assertPrompt(took);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/event-stream"})
    void slowCallerHasLittleHeldForIt(String type) {
        AtomicLong sent = new AtomicLong();
        String event = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "y".repeat(2000)
                + "\"}}]}\n\n";
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 200 OK\r\ncontent-type: " + type + "\r\ntransfer-encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 1600; i++) {
                        line.chunk(event.repeat(32));
                        sent.addAndGet(event.length() * 32L);
                    }
                    line.send("0\r\n\r\n");
                });
                TestGateway gateway = RelayPlan.over(only).start();
                RawClient client = new RawClient(gateway)) {
            client.receiveLittle();
            client.post(CHAT, ASK).answerWithoutBody();
            long most = 0;
            long before = -1;
            for (long now = sent.get(); now != before; now = sent.get()) {
                before = now;
                for (int look = 0; look < 30; look++) {
                    most = Math.max(most, gateway.server().heldAnswerBytes());
                    TestGateway.pauseFor(Duration.ofMillis(10));
                }
            }
            assertThat(sent.get()).isLessThan(1600L * 32 * event.length());
            assertThat(most).isBetween(1L, 256L << 10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void longErrorIsPassedToItsEnd(int status) {
        String body = "{\"error\":{\"message\":\"" + "x".repeat(300_000) + "\"}}";
        try (ScriptedUpstream only = ScriptedUpstream.json(status, body);
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo(body);
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void slowErrorIsPassedToItsEnd(int status) {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.send("HTTP/1.1 " + status + " X\r\ncontent-length: 10\r\n\r\n01234");
                    pause();
                    line.send("56789");
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("0123456789");
        }
    }

    /** Takes longer than an error is read for. */
    private static void pause() {
        TestGateway.pauseFor(Duration.ofMillis(800));
    }

    @Test
    void streamThatBeginsWithAnErrorIsPassedOnWhereNothingElseIsLeft() throws IOException {
        try (ScriptedUpstream only = new ScriptedUpstream((request, line) -> {
                    line.stream().event("{\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":null}}");
                    line.send("0\r\n\r\n");
                });
                TestGateway gateway = RelayPlan.over(only).start()) {
            HttpResponse<String> answer = gateway.post(CHAT, ASK);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("boom").doesNotContain("[DONE]");
            assertThat(answer.headers().firstValue("x-headgate-backend")).contains("b1");
        }
    }
}
