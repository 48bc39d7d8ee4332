package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.TaskSpec;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayHttp2Test {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private TestGateway gateway = TestGateway.start();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void manyStreamsOfOneConnectionAreAllAnswered() {
        try (FakeWorker worker = FakeWorker.join(
                        gateway,
                        "w1",
                        hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(8)));
                H2Client client = new H2Client(gateway)) {
            List<H2Client.Stream> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                streams.add(client.post("/run-task", TestGateway.task("m", "sleep", "{\"echo\":" + i + "}")));
            }
            H2Client.Stream health = client.get("/health");
            for (int i = 0; i < 200; i++) {
                TaskSpec task = worker.takeTask();
                worker.succeed(task.getLease(), task.getPayload());
            }

            assertThat(health.answer()).isEqualTo(new H2Client.Answer(200, "{\"message\":\"OK\"}"));
            for (int i = 0; i < 200; i++) {
                assertThat(streams.get(i).answer()).isEqualTo(new H2Client.Answer(200, "{\"echo\":" + i + "}"));
            }
        }
    }

    @Test
    void abortedStreamCancelsItsTaskAndNoOther() {
        try (FakeWorker worker = FakeWorker.join(
                        gateway,
                        "w1",
                        hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(2)));
                H2Client client = new H2Client(gateway)) {
            H2Client.Stream aborted = client.post("/run-task", TestGateway.task("m", "sleep", "{\"echo\":1}"));
            Lease first = worker.takeTask().getLease();
            H2Client.Stream kept = client.post("/run-task", TestGateway.task("m", "sleep", "{\"echo\":2}"));
            Lease second = worker.takeTask().getLease();
            aborted.reset();

            assertThat(worker.await(frame -> frame.hasCancel()).getCancel().getLease())
                    .isEqualTo(first);
            worker.cancelled(first);
            worker.succeed(second, "{}");
            assertThat(kept.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void bodyOverTheLimitIsRefusedAndTheConnectionGoesOn() {
        try (H2Client client = new H2Client(gateway)) {
            H2Client.Stream large = client.open();
            large.headers("POST", "/v1/embeddings", false);
            for (int i = 0; i < 40; i++) {
                large.data(new byte[1 << 20], i == 39);
            }
            assertThat(large.answer().status()).isEqualTo(413);
            assertThat(client.get("/health").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void headersOverTheLimitAreRefusedAndTheConnectionGoesOn() {
        try (H2Client client = new H2Client(gateway)) {
            H2Client.Stream large = client.open();
            large.headers(new DefaultHttp2Headers()
                    .method("GET")
                    .path("/health")
                    .scheme("http")
                    .authority("h")
                    .add("x-long", "x".repeat(80_000)));
            assertThat(large.answer().status()).isIn(431, -1);
            assertThat(client.get("/health").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void bodyThatStallsIsTimedOutAndTheConnectionGoesOn() {
        restart(HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofSeconds(30)));
        try (H2Client client = new H2Client(gateway)) {
            H2Client.Stream stalled = client.open();
            stalled.headers("POST", "/run-task", false);
            stalled.data(new byte[] {'{'}, false);
            H2Client.Answer answer = stalled.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("the body did not arrive in time");
            assertThat(client.get("/health").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void idleConnectionIsClosedButNotWhileATaskRuns() {
        restart(HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(300)));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                H2Client client = new H2Client(gateway)) {
            H2Client.Stream task = client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            Lease lease = worker.takeTask().getLease();
            assertThat(client.closesWithin(700)).isFalse();
            worker.succeed(lease, "{}");
            assertThat(task.answer().status()).isEqualTo(200);
            assertThat(client.closesWithin(5000)).isTrue();
        }
    }

    @Test
    void headIsAnsweredWithoutABody() {
        try (H2Client client = new H2Client(gateway)) {
            H2Client.Stream head = client.open();
            head.headers("HEAD", "/health", true);
            assertThat(head.answer()).isEqualTo(new H2Client.Answer(200, ""));
        }
    }

    @Test
    void upgradeToAWebSocketIsRefused() {
        try (H2Client client = new H2Client(gateway)) {
            assertThat(client.get("/worker-listen").answer().status()).isEqualTo(400);
        }
    }

    private void restart(HttpLimits limits) {
        gateway.close();
        gateway = TestGateway.start(options -> options.withHttp(limits));
    }
}
