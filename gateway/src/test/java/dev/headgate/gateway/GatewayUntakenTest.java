package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.http.HttpLimits;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Callers that ask and do not take the answers. */
@ExtendWith(CleanLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayUntakenTest {
    private static final String MODELS = "/v1/models";
    private static final int ASKED = 100;
    private static final String LONG = answer(1_000_000); // so that what the system's buffers hold is soon full
    private static final String SHORT = answer(250_000);

    private static String answer(int bytes) {
        return "{\"data\":\"" + "x".repeat(bytes) + "\"}";
    }

    private static TestGateway gateway(ScriptedUpstream only, HttpLimits limits) {
        return TestGateway.start(
                options -> options.withRelay(RelayPlan.over(only).options()).withHttp(limits));
    }

    @Test
    void requestsSentAheadWaitUntilAnswersAreTaken() {
        try (ScriptedUpstream only = ScriptedUpstream.json(200, LONG);
                TestGateway gateway = gateway(only, HttpLimits.DEFAULTS);
                RawClient client = new RawClient(gateway)) {
            client.send(("GET " + MODELS + " HTTP/1.1\nHost: h\n\n").repeat(ASKED));
            long most = 0;
            int before = -1;
            for (int now = only.requests().size();
                    now != before || now == 0;
                    now = only.requests().size()) {
                before = now;
                for (int look = 0; look < 30; look++) {
                    most = Math.max(most, gateway.server().heldAnswerBytes());
                    TestGateway.pauseFor(Duration.ofMillis(10));
                }
            }
            assertThat(before).isLessThan(ASKED / 2);
            assertThat(most).isBetween(1L, 1L << 20);
            for (int i = 0; i < ASKED; i++) {
                assertThat(client.answer().body()).hasSameSizeAs(LONG);
            }
        }
    }

    @Test
    void connectionWhoseAnswersAreNotTakenIsClosed() {
        HttpLimits limits =
                HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofSeconds(30));
        try (ScriptedUpstream only = ScriptedUpstream.json(200, LONG);
                TestGateway gateway = gateway(only, limits);
                RawClient client = new RawClient(gateway)) {
            client.send(("GET " + MODELS + " HTTP/1.1\nHost: h\n\n").repeat(ASKED));
            TestGateway.await("answers are held", () -> gateway.server().heldAnswerBytes() > 0);
            TestGateway.await("the caller is cut", () -> gateway.server().openConnections() == 0);
            assertThat(only.requests()).hasSizeLessThan(ASKED / 2);
        }
    }

    @Test
    void streamWhoseAnswerIsNotTakenIsCountedAndReset() {
        Duration stall = Duration.ofMillis(400);
        try (ScriptedUpstream only = ScriptedUpstream.json(200, SHORT);
                TestGateway gateway = gateway(only, HttpLimits.DEFAULTS.withStallTime(stall));
                H2Client client =
                        new H2Client(gateway, Http2Settings.defaultSettings().initialWindowSize(0))) {
            List<H2Client.Stream> streams = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                streams.add(client.get(MODELS));
            }
            TestGateway.await("all is held", () -> gateway.server().heldAnswerBytes() >= 10L * SHORT.length());
            for (H2Client.Stream stream : streams) {
                assertThat(stream.answer().status()).isEqualTo(-1);
            }
            TestGateway.await("nothing is held", () -> gateway.server().heldAnswerBytes() == 0);
            assertThat(client.closesWithin(0)).isFalse();
        }
    }

    @Test
    void streamWhoseAnswerIsTakenSlowlyIsLeftAlone() {
        Duration stall = Duration.ofMillis(1500);
        try (ScriptedUpstream only = ScriptedUpstream.json(200, SHORT);
                TestGateway gateway = gateway(only, HttpLimits.DEFAULTS.withStallTime(stall));
                H2Client client =
                        new H2Client(gateway, Http2Settings.defaultSettings().initialWindowSize(0))) {
            H2Client.Stream stream = client.get(MODELS);
            TestGateway.await("all is held", () -> gateway.server().heldAnswerBytes() >= SHORT.length());
            stream.channel().config().setAutoRead(false); // else what was read is made up for
            for (int taken = 0; taken < SHORT.length(); taken += 70_000) {
                stream.takeMore(70_000);
                TestGateway.pauseFor(stall.dividedBy(3));
            }
            stream.channel().config().setAutoRead(true);
            assertThat(stream.answer().body()).hasSameSizeAs(SHORT);
        }
    }
}
