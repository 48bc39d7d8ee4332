package dev.headgate.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.FailoverSettings.TimeoutSettings;
import dev.headgate.core.request.AttemptFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application that reads slowly is nobody's fault but its own. */
@Timeout(30)
class SlowReaderTest {
    private static final Duration FIRST_TOKEN = Duration.ofMillis(100);
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    /** More than is kept for an application that does not read; its text is short enough to be replayed. */
    private static final String TOKENS =
            ("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":"
                            + "[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n")
                    .repeat(2_500);

    private final CountDownLatch third = new CountDownLatch(1);

    /** The first backend breaks off, the second has the whole answer for whoever asks, a third is not to be asked. */
    private final class Backends implements Transport {
        @Override
        public Exchange send(Outgoing request, Receiver receiver) {
            String host = request.uri().getHost();
            if (host.equals("three.test")) {
                third.countDown();
            }
            receiver.answered(
                    200,
                    Fields.builder().add("content-type", "text/event-stream").build());
            return new Exchange() {
                @Override
                public void more() {
                    if (host.equals("one.test")) {
                        receiver.content(List.of(ByteBuffer.wrap(TOKENS.getBytes(UTF_8))));
                        receiver.failed(new Broken(AttemptFailure.CUT, false, new IOException("cut")));
                    } else {
                        receiver.content(List.of(ByteBuffer.wrap((TOKENS + "data: [DONE]\n\n").getBytes(UTF_8))));
                    }
                }

                @Override
                public void cancel() {}
            };
        }

        @Override
        public void close() {}
    }

    @Test
    void aBackendThatTakesAStreamUpIsNotBlamedForTheTimeThatNobodyReads() throws Exception {
        TimeoutSettings d = FailoverSettings.DEFAULTS.timeouts();
        FailoverSettings hurried = FailoverSettings.DEFAULTS
                .with()
                .timeouts(new TimeoutSettings(d.connect(), FIRST_TOKEN, d.response(), d.idle(), d.total()))
                .build();
        try (FailoverClient client = FailoverClient.builder()
                .settings(hurried)
                .backends(
                        Backend.of("http://one.test", 1),
                        Backend.of("http://two.test", 2),
                        Backend.of("http://three.test", 3))
                .transport(new Backends())
                .build()) {
            ClientResponse response = client.send(ClientRequest.post("/v1/chat/completions", STREAM));
            assertThat(third.await(5 * FIRST_TOKEN.toMillis(), TimeUnit.MILLISECONDS))
                    .as("another backend was asked while nobody read")
                    .isFalse();
            String all = new String(response.body().readAll(), UTF_8);
            assertThat(all).endsWith("data: [DONE]\n\n").hasSizeGreaterThan(TOKENS.length());
        }
    }

    @Test
    void aRequestThatGoesOutShowsNeitherQueryNorFields() {
        Transport.Outgoing request = new Transport.Outgoing(
                "POST",
                URI.create("http://one.test/v1?key=secret-one"),
                Fields.builder().add("api-key", "secret-two").build(),
                ByteBuffer.wrap("secret-three".getBytes(UTF_8)),
                null,
                Duration.ofSeconds(5));
        assertThat(request).hasToString("POST http://one.test/v1");
    }
}
