package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.worker.Worker;
import dev.headgate.worker.WorkerOptions;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever bytes come in, the requests of others are answered and the server closes in time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayFuzzTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static final List<String> REQUESTS = List.of(
            "GET /workers?detail=true HTTP/1.1\nHost: h\n\n",
            """
            POST /run-task HTTP/1.1
            Host: h
            Content-Length: 75

            {"task_id":"f","task_type":"sleep","label":"m","parameters_json":"{}","x":1}""",
            """
            POST /v1/embeddings HTTP/1.1
            Host: h
            Transfer-Encoding: chunked

            1a
            {"model":"m","input":"abc"}
            0

            """,
            """
            GET /worker-listen HTTP/1.1
            Host: h
            Connection: upgrade
            Upgrade: websocket
            Worker-Id: z
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==
            Sec-WebSocket-Protocol: headgate.worker.v1

            """,
            "PRI * HTTP/2.0\n\nSM\n\n\0\0\0\4\0\0\0\0\0");

    private final TestGateway gateway = TestGateway.start(options -> options.withHttp(
            HttpLimits.DEFAULTS.withTimes(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(200))));
    private Worker worker;

    @BeforeEach
    void startWorker() {
        worker = Worker.start(WorkerOptions.builder(gateway.workerUri())
                .engine(WorkerOptions.EngineKind.SLEEP)
                .workerId("real")
                .runSlots(4)
                .build());
        TestGateway.await("the worker joins", worker::isConnected);
    }

    @AfterEach
    void stop() {
        worker.abort();
        gateway.close();
    }

    @RepeatedTest(3)
    void mutatedRequestsHurtNobodyElse(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] bytes = random.nextInt(4) == 0
                    ? noise(random, 1 + random.nextInt(2000))
                    : mutate(
                            random,
                            REQUESTS.get(random.nextInt(REQUESTS.size()))
                                    .replace("\n", "\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            RawClient client = new RawClient(gateway);
            try {
                client.send(bytes);
            } catch (UncheckedIOException e) {
                assertThat(client.isClosedByServer()).isTrue();
            }
            if (random.nextBoolean()) {
                client.abort();
            } else {
                clients.add(client);
            }
            if (i % 10 == 0) {
                othersAreServed(repetition);
            }
        }
        clients.forEach(RawClient::close);
        TestGateway.await(
                "only the worker and one client are connected",
                () -> gateway.server().openConnections() <= 2);
    }

    @RepeatedTest(3)
    void mutatedFramesHurtNobodyElse(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(100 + repetition.getCurrentRepetition());
        for (int i = 0; i < 40; i++) {
            FakeWorker bad = FakeWorker.connect(gateway, "bad" + i);
            try {
                if (random.nextInt(8) > 0) {
                    // It may not take tasks: whoever does and then goes silent delays them, as it should.
                    bad.hello(hello -> hello.setAnyLabel(false).addLabels("other"));
                }
                for (int frame = 0; frame < 10; frame++) {
                    byte[] bytes = frame(random).toByteArray();
                    bad.sendRaw(random.nextInt(3) == 0 ? mutate(random, bytes) : bytes);
                }
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(IOException.class); // it was sent away
            }
            if (i % 10 == 0) {
                othersAreServed(repetition);
            }
            bad.close();
        }
        othersAreServed(repetition);
        assertThat(worker.isConnected()).isTrue();
    }

    private void othersAreServed(RepetitionInfo repetition) {
        HttpResponse<String> answer = gateway.sleep("m", 1).join();
        assertThat(answer.statusCode())
                .as("repetition %d: %s", repetition.getCurrentRepetition(), answer.body())
                .isEqualTo(200);
        assertThat(answer.headers().firstValue("x-headgate-worker")).contains("real");
    }

    private static Frame frame(SplittableRandom random) {
        Lease lease = Lease.newBuilder()
                .setTaskUid("u" + random.nextInt(3))
                .setAttempt(random.nextInt())
                .setToken(random.nextInt(3))
                .build();
        return switch (random.nextInt(7)) {
            case 0 -> Frame.newBuilder().setHello(FakeWorker.offer("bad")).build();
            case 1 ->
                Frame.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder().setModelsHash(random.nextInt(2)))
                        .build();
            case 2 ->
                Frame.newBuilder()
                        .setModelState(FakeWorker.ready("l" + random.nextInt(3)))
                        .build();
            case 3 ->
                Frame.newBuilder()
                        .setResult(TaskResult.newBuilder()
                                .setLease(lease)
                                .setStatusValue(random.nextInt(5))
                                .setParts(random.nextInt(-2, 3))
                                .setTiming(Timing.newBuilder().setRunUs(random.nextLong())))
                        .build();
            case 4 ->
                Frame.newBuilder()
                        .setPart(Part.newBuilder()
                                .setLease(lease)
                                .setIndex(random.nextInt(3))
                                .setData(ByteString.copyFrom(noise(random, 100)))
                                .setLast(random.nextBoolean()))
                        .build();
            case 5 ->
                Frame.newBuilder()
                        .setResult(TaskResult.newBuilder().setLease(lease).setStatus(Status.ERROR))
                        .build();
            default -> Frame.getDefaultInstance();
        };
    }

    /** Flips, drops, doubles or inserts a few bytes. */
    private static byte[] mutate(SplittableRandom random, byte[] valid) {
        byte[] bytes = valid;
        for (int times = random.nextInt(1, 4); times > 0 && bytes.length > 0; times--) {
            int at = random.nextInt(bytes.length);
            int length = random.nextInt(Math.min(16, bytes.length - at) + 1);
            ByteString before = ByteString.copyFrom(bytes, 0, at);
            ByteString piece = ByteString.copyFrom(bytes, at, length);
            ByteString after = ByteString.copyFrom(bytes, at + length, bytes.length - at - length);
            ByteString replacement = switch (random.nextInt(4)) {
                case 0 -> ByteString.copyFrom(noise(random, length));
                case 1 -> ByteString.EMPTY;
                case 2 -> piece.concat(piece);
                default -> piece.concat(ByteString.copyFrom(noise(random, 8)));
            };
            bytes = before.concat(replacement).concat(after).toByteArray();
        }
        return bytes;
    }

    private static byte[] noise(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
