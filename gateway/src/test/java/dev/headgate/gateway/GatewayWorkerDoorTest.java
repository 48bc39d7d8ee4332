package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.worker.protocol.Bye;
import dev.headgate.worker.protocol.Cancel;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.ProtocolError;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a worker must show to come in, and which frames end its connection; none of it touches another worker. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GatewayWorkerDoorTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static TestGateway gateway;
    private static FakeWorker silent;

    private FakeWorker bystander;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(options -> options.withDispatcher(TestGateway.dispatcher(
                DispatchSettings.DEFAULTS, 16L << 20, List.of(new Token("old-token"), new Token("new-token")))));
        silent = FakeWorker.connect(gateway, "silent", token("new-token"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void joinBystander() {
        bystander = FakeWorker.connect(gateway, "bystander", token("old-token"));
        bystander.hello(UnaryOperator.identity());
        bystander.awaitWelcome();
    }

    @AfterEach
    void bystanderStillWorks() {
        try (FakeWorker bystander = this.bystander) {
            bystander.heartbeat();
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            bystander.succeed(bystander.takeTask().getLease(), "{}");
            assertThat(answer.join().statusCode()).isEqualTo(200);
            bystander.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
            TestGateway.await("it has left", () -> !gateway.workers().contains("bystander"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Protocol: other;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 13 | 400 | subprotocol: other (expected: headgate.worker.v1)
            GET  | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 13 | 400 | subprotocol: none (expected: headgate.worker.v1)
            GET  | Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 13 | 400 | header Worker-Id is missing
            GET  | Worker-Id: a b;Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 13 | 400 | header Worker-Id is not valid
            GET  | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Version: 13 | 400 | Sec-WebSocket-Key
            GET  | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 7 | 400 | version 13
            GET  | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw== | 400 | version 13
            POST | Worker-Id: w;Authorization: Bearer new-token;Sec-WebSocket-Protocol: headgate.worker.v1;Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==;Sec-WebSocket-Version: 13 | 400 | method: POST
            """)
    void badUpgradeIsRefusedSayingWhatIsWrong(String method, String headers, int status, String sentence) {
        try (RawClient client = new RawClient(gateway)) {
            RawClient.Answer answer = upgrade(client, method, headers).answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).contains(sentence);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void wrongOrMissingTokenIsRefusedAfterASecond() {
        try (RawClient wrong = new RawClient(gateway);
                RawClient missing = new RawClient(gateway)) {
            long startNanos = System.nanoTime();
            upgrade(wrong, "GET", "Worker-Id: w;Authorization: Bearer wrong-token");
            upgrade(missing, "GET", "Worker-Id: w");

            assertThat(wrong.answer().status()).isEqualTo(401);
            assertThat(missing.answer().headers()).containsEntry("www-authenticate", "Bearer");
            assertThat(System.nanoTime() - startNanos).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(950));
            assertThat(wrong.isClosedByServer()).isTrue();
            assertThat(LOGS.lines().stream().filter(line -> line.contains("wrong token was refused")))
                    .hasSize(1);
        }
    }

    @Test
    void pathOfWorkersAsksForAnUpgrade() {
        HttpResponse<String> answer = gateway.get("/worker-listen");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("expected: a WebSocket upgrade");
    }

    @Test
    void everyTokenInForceIsGood() {
        try (FakeWorker worker = FakeWorker.connect(gateway, "w", token("new-token"))) {
            worker.hello(UnaryOperator.identity());
            Welcome welcome = worker.awaitWelcome();
            assertThat(welcome.getTtlMs()).isEqualTo(10_000);
            assertThat(welcome.getHeartbeatMs()).isEqualTo(200);
            assertThat(welcome.getMaxFrameBytes()).isEqualTo(WorkerProtocol.MAX_FRAME_BYTES);
            leave(worker, "w");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE) // it has been silent since the first of these tests
    void silentNewcomerIsSentAway() {
        assertThat(silent.await(Frame::hasError).getError().getMessage()).contains("no Hello within 5 s");
        assertThat(silent.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_VIOLATION);
    }

    @Test
    void anythingBeforeHelloIsAViolation() {
        refused(worker -> worker.heartbeat(), WorkerProtocol.CLOSE_VIOLATION, "before Hello");
    }

    @Test
    void textIsRefused() {
        try (FakeWorker worker = joined()) {
            worker.sendText("hello");
            assertThat(worker.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_TEXT_FRAME);
        }
    }

    @Test
    void undecodableFrameIsRefused() {
        refusedAfterHello(
                worker -> worker.sendRaw(new byte[] {(byte) 0xff, (byte) 0xff, 1}),
                WorkerProtocol.CLOSE_UNDECODABLE,
                "not a valid protobuf message");
    }

    @Test
    void frameOverTheLimitIsRefused() {
        refusedAfterHello(
                worker -> worker.sendRaw(new byte[WorkerProtocol.MAX_FRAME_BYTES + 1]),
                WorkerProtocol.CLOSE_TOO_BIG,
                "refused");
    }

    @Test
    void fragmentsOverTheLimitAreRefused() {
        refusedAfterHello(
                worker -> {
                    worker.sendFragment(new byte[WorkerProtocol.MAX_FRAME_BYTES]);
                    worker.sendFragment(new byte[1000]);
                },
                WorkerProtocol.CLOSE_TOO_BIG,
                "larger than");
    }

    @Test
    void whatOnlyDispatchersSayIsAViolation() {
        refusedAfterHello(
                worker -> worker.send(Frame.newBuilder().setCancel(Cancel.getDefaultInstance())),
                WorkerProtocol.CLOSE_VIOLATION,
                "CANCEL comes from dispatchers only");
    }

    @Test
    void secondHelloIsAViolation() {
        refusedAfterHello(
                worker -> worker.hello(UnaryOperator.identity()), WorkerProtocol.CLOSE_VIOLATION, "a second Hello");
    }

    @Test
    void bodyOfALaterVersionIsIgnored() {
        try (FakeWorker worker = joined()) {
            worker.sendRaw(new byte[] {(byte) 0x9a, 0x06, 0}); // field 99, empty
            worker.sendRaw(new byte[0]);
            leave(worker, "w");
        }
    }

    @Test
    void impossibleOffersAreRefusedNamingTheField() {
        refusedHello(hello -> hello.setWorkerId("other"), "worker_id: other");
        refusedHello(hello -> hello.setInstance(ByteString.EMPTY), "instance is empty");
        refusedHello(hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(0)), "capacity.run_slots: 0");
        refusedHello(hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(-1)), "capacity.run_slots: -1");
        refusedHello(
                hello -> hello.setCapacity(hello.getCapacityBuilder().setMemoryBytes((1L << 50) + 1)),
                "capacity.memory_bytes");
        refusedHello(
                hello -> hello.setCapacity(hello.getCapacityBuilder().setMemoryBytes(-1)), "capacity.memory_bytes");
    }

    @Test
    void modelsHashThatDiffersTwiceIsAViolation() {
        refusedAfterHello(
                worker -> {
                    worker.heartbeat("never-reported");
                    worker.heartbeat("never-reported");
                },
                WorkerProtocol.CLOSE_VIOLATION,
                "models_hash differs");
    }

    @Test
    void modelsHashThatDiffersOnceIsForgiven() {
        try (FakeWorker worker = joined()) {
            for (int i = 0; i < 3; i++) {
                worker.heartbeat("never-reported");
                worker.heartbeat();
            }
            leave(worker, "w");
        }
    }

    @Test
    void partNobodyAnnouncedIsAViolation() {
        refusedAfterHello(
                worker ->
                        worker.send(Frame.newBuilder().setPart(Part.newBuilder().setLease(lease()))),
                WorkerProtocol.CLOSE_VIOLATION,
                "not announced");
    }

    @Test
    void partOutOfOrderIsAViolation() {
        refusedAfterHello(
                worker -> {
                    worker.send(Frame.newBuilder()
                            .setResult(TaskResult.newBuilder()
                                    .setLease(lease())
                                    .setStatus(Status.OK)
                                    .setParts(2)));
                    worker.send(Frame.newBuilder()
                            .setPart(Part.newBuilder()
                                    .setLease(lease())
                                    .setIndex(1)
                                    .setLast(true)));
                },
                WorkerProtocol.CLOSE_VIOLATION,
                "part index: 1 (expected: 0)");
    }

    @Test
    void resultsOfUnknownLeasesAreDroppedAndAcknowledged() {
        try (FakeWorker worker = joined()) {
            worker.accept(TaskSpec.newBuilder().setLease(lease()).build());
            worker.reject(TaskSpec.newBuilder().setLease(lease()).build(), "full");
            worker.succeed(lease(), "{}");
            assertThat(worker.await(Frame::hasResultAck).getResultAck().getLeasesList())
                    .containsExactly(lease());
            worker.succeed(lease(), ByteString.copyFrom(new byte[600_000]));
            worker.await(Frame::hasResultAck);
            leave(worker, "w");
        }
    }

    @Test
    void reportOfTheWorkersOwnTroubleIsOnlyLogged() {
        try (FakeWorker worker = joined()) {
            worker.send(Frame.newBuilder().setError(ProtocolError.newBuilder().setMessage("trouble at w")));
            leave(worker, "w");
            assertThat(LOGS.lines()).anyMatch(line -> line.contains("trouble at w"));
        }
    }

    @Test
    void closeIsAnswered() {
        try (FakeWorker worker = joined()) {
            worker.sendClose();
            assertThat(worker.awaitClose()).isEqualTo(1000);
        }
    }

    private void refusedHello(UnaryOperator<Hello.Builder> change, String sentence) {
        refused(worker -> worker.hello(change), WorkerProtocol.CLOSE_VIOLATION, sentence);
    }

    private void refused(Consumer<FakeWorker> mistake, int code, String sentence) {
        try (FakeWorker worker = FakeWorker.connect(gateway, "w", token("new-token"))) {
            assertRefused(worker, mistake, code, sentence);
        }
    }

    private void refusedAfterHello(Consumer<FakeWorker> mistake, int code, String sentence) {
        try (FakeWorker worker = joined()) {
            assertRefused(worker, mistake, code, sentence);
        }
    }

    private static void assertRefused(FakeWorker worker, Consumer<FakeWorker> mistake, int code, String sentence) {
        mistake.accept(worker);
        ProtocolError error = worker.await(Frame::hasError).getError();
        assertThat(error.getMessage()).contains(sentence);
        assertThat(worker.awaitClose()).isEqualTo(code);
    }

    private static FakeWorker joined() {
        FakeWorker worker = FakeWorker.connect(gateway, "w", token("new-token"));
        worker.hello(hello -> hello.setAnyLabel(false).setInstance(ByteString.copyFromUtf8("i" + System.nanoTime())));
        worker.awaitWelcome();
        return worker;
    }

    private static void leave(FakeWorker worker, String id) {
        worker.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
        TestGateway.await(id + " has left", () -> !gateway.workers().contains(id));
    }

    private static UnaryOperator<java.net.http.WebSocket.Builder> token(String token) {
        return builder -> builder.header("Authorization", "Bearer " + token);
    }

    private static RawClient upgrade(RawClient client, String method, String headers) {
        return client.send(method + " /worker-listen HTTP/1.1\nHost: h\nConnection: upgrade\nUpgrade: websocket\n"
                + headers.replace(";", "\n") + "\n\n");
    }

    private static Lease lease() {
        return Lease.newBuilder()
                .setTaskUid("no-such-task")
                .setAttempt(1)
                .setToken(7)
                .build();
    }
}
