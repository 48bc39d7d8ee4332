package dev.headgate.worker;

import static dev.headgate.worker.FakeDispatcher.Session;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Assign;
import dev.headgate.worker.protocol.Cancel;
import dev.headgate.worker.protocol.Drain;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.LoadModel;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.ModelsHash;
import dev.headgate.worker.protocol.Part;
import dev.headgate.worker.protocol.PartAssembly;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.Probe;
import dev.headgate.worker.protocol.ResultAck;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.UnloadModel;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerTest {
    private static final String LONG = "{\"run_ms\":60000}";

    private final FakeDispatcher dispatcher = new FakeDispatcher();
    private final List<Worker> workers = new ArrayList<>();

    @AfterEach
    void end() {
        workers.forEach(Worker::abort);
        dispatcher.close();
    }

    @Test
    void helloTellsWhatTheWorkerIsAndOffers() throws Exception {
        start(options -> options.runSlots(2).queueSlots(3).maxLabels(4).memoryBytes(5_000_000));
        Hello hello = dispatcher.awaitSession().next().getHello();

        assertThat(hello.getWorkerId()).isEqualTo("w1");
        assertThat(hello.getInstance().size()).isEqualTo(16);
        assertThat(hello.getEngine()).isEqualTo("sleep");
        assertThat(hello.getAnyLabel()).isTrue();
        assertThat(hello.getTaskTypesList()).containsExactly("sample_task", "sleep");
        assertThat(hello.getCapacity().getRunSlots()).isEqualTo(2);
        assertThat(hello.getCapacity().getLoadSlots()).isEqualTo(1);
        assertThat(hello.getCapacity().getQueueSlots()).isEqualTo(3);
        assertThat(hello.getCapacity().getMaxLabels()).isEqualTo(4);
        assertThat(hello.getCapacity().getMemoryBytes()).isEqualTo(5_000_000);
        assertThat(hello.getModelsList()).isEmpty();
    }

    @Test
    void taskRunsOnALoadedModelAndTellsItsTimes() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, "{\"run_ms\":5,\"echo\":{\"a\":[1]}}")));

        Frame accepted = session.next();
        assertThat(accepted.getAccepted().getLease()).isEqualTo(lease(1));
        assertThat(accepted.getAccepted().getOngoing()).isEqualTo(1);
        TaskResult result = session.await(Frame::hasResult).getResult();
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getPayload().toStringUtf8())
                .contains("\"echo\":{\"a\":[1]}")
                .contains("\"slept_ms\":");
        assertThat(result.getTiming().getRunUs()).isGreaterThanOrEqualTo(5_000);
        assertThat(result.getBatch()).isEqualTo(1);
        assertThat(result.getLabelMiss()).isFalse();
    }

    @Test
    void heartbeatsComeAtTheWelcomedPeriodAndOnAProbe() throws Exception {
        start(options -> options);
        Session session = dispatcher.awaitSession();
        session.next();
        session.send(welcome(20));
        long first = session.await(Frame::hasHeartbeat).getHeartbeat().getN();
        assertThat(session.await(Frame::hasHeartbeat).getHeartbeat().getN()).isEqualTo(first + 1);

        session.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(777)));
        session.await(frame -> frame.getHeartbeat().getN() == 777);
    }

    @Test
    void heartbeatCarriesRunningLeasesMemoryAndTheModelsHash() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, LONG)));
        session.await(Frame::hasAccepted);
        session.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(1)));

        var heartbeat = session.await(Frame::hasHeartbeat).getHeartbeat();
        assertThat(heartbeat.getRunningList()).containsExactly(lease(1));
        assertThat(heartbeat.getOngoing()).isEqualTo(1);
        assertThat(heartbeat.getMemoryUsed()).isEqualTo(1_000);
        assertThat(heartbeat.getRss()).isPositive();
        assertThat(heartbeat.getModelsHash()).isEqualTo(ModelsHash.of("m", ""));
    }

    @Test
    void tasksThatCannotRunAreRejectedWithTheReason() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("other", task(1, "{}")));
        assertThat(session.next().getRejected().getReason()).isEqualTo("not_loaded");
        session.send(assign("m", task(2, "{}").toBuilder().setTaskType("infer").build()));
        assertThat(session.next().getRejected().getReason()).isEqualTo("unknown_type");
        session.send(assign("m", task(3, LONG)));
        assertThat(session.next().hasAccepted()).isTrue();
        session.send(assign("m", task(4, "{}")));
        Frame full = session.next();
        assertThat(full.getRejected().getReason()).isEqualTo("full");
        assertThat(full.getRejected().getLease()).isEqualTo(lease(4));
    }

    @Test
    void handlerErrorsComeBackWithTheirMessage() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, "{\"run_ms\":0,\"fail\":\"no luck\"}")));
        TaskResult failed = session.await(Frame::hasResult).getResult();
        assertThat(failed.getStatus()).isEqualTo(Status.ERROR);
        assertThat(failed.getError().getCode()).isEqualTo("task_failed");
        assertThat(failed.getError().getMessage()).isEqualTo("no luck");

        session.send(assign("m", task(2, "{\"run_ms\":-1}")));
        assertThat(session.await(Frame::hasResult).getResult().getError().getMessage())
                .startsWith("run_ms: -1");
        session.send(assign("m", task(4, "{\"seconds\":1}")));
        assertThat(session.await(Frame::hasResult).getResult().getError().getMessage())
                .isEqualTo("seconds: unknown parameter (expected: run_ms, echo, fail, crash)");
        session.send(assign("m", task(3, "not json")));
        assertThat(session.await(Frame::hasResult).getResult().getError().getCode())
                .isEqualTo("invalid_parameters");
    }

    @Test
    void batchIsOneRunWithOneResultEach() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign(
                "m",
                task(1, "{\"run_ms\":1,\"echo\":1}"),
                task(2, "{\"run_ms\":1,\"echo\":2}"),
                task(3, "{\"fail\":\"x\"}")));

        for (int i = 1; i <= 3; i++) {
            TaskResult result = session.await(Frame::hasResult).getResult();
            assertThat(result.getLease()).isEqualTo(lease(i));
            assertThat(result.getBatch()).isEqualTo(3);
            assertThat(result.getStatus()).isEqualTo(i == 3 ? Status.ERROR : Status.OK);
        }
    }

    @Test
    void cancelEndsARunningTaskAtOnce() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, LONG)));
        session.await(Frame::hasAccepted);
        session.send(Frame.newBuilder().setCancel(Cancel.newBuilder().setLease(lease(1))));

        assertThat(session.await(Frame::hasResult).getResult().getStatus()).isEqualTo(Status.CANCELLED);
        session.send(assign("m", task(2, "{\"run_ms\":0}")));
        assertThat(session.await(Frame::hasResult).getResult().getStatus()).isEqualTo(Status.OK);
    }

    @Test
    void loadIsAnnouncedAndIdempotentAndEvictsFirst() throws Exception {
        start(options -> options.maxLabels(1));
        Session session = welcome();
        session.send(load("a"));
        assertThat(session.next().getModelState().getState()).isEqualTo(State.LOADING);
        ModelState ready = session.next().getModelState();
        assertThat(ready.getState()).isEqualTo(State.READY);
        assertThat(ready.getSizeBytes()).isEqualTo(1_000);
        session.send(load("a"));
        assertThat(session.next().getModelState()).isEqualTo(ready);

        session.send(load("b", "a"));
        assertThat(session.next().getModelState())
                .matches(state -> state.getLabel().equals("a") && state.getState() == State.UNLOADED);
        assertThat(session.next().getModelState())
                .matches(state -> state.getLabel().equals("b") && state.getState() == State.LOADING);
        assertThat(session.next().getModelState().getState()).isEqualTo(State.READY);
    }

    @Test
    void loadThatCannotFitFailsForGoodAndOneThatMayFitLaterDoesNot() throws Exception {
        start(options -> options.memoryBytes(1_500_000));
        Session session = welcome();
        session.send(load("a"));
        session.await(frame -> frame.getModelState().getState() == State.READY);

        assertThat(refusalOf(session, "b", 2_000_000).getRetryable()).isFalse();
        assertThat(refusalOf(session, "c", 1_500_000).getRetryable()).isTrue();
    }

    private static ModelState refusalOf(Session session, String label, long bytes) throws Exception {
        session.send(Frame.newBuilder()
                .setLoad(LoadModel.newBuilder().setLabel(label).setSizeBytes(bytes)));
        ModelState failed = session.next().getModelState();
        assertThat(failed.getState()).isEqualTo(State.FAILED);
        assertThat(failed.getError()).isEqualTo("no memory for model " + label + ": needs 2 MB, 1 MB of 2 MB free");
        return failed;
    }

    @Test
    void runningModelIsNeitherEvictedNorUnloadedUnderItsTask() throws Exception {
        start(options -> options.maxLabels(1));
        Session session = welcome();
        session.send(load("a"));
        session.await(frame -> frame.getModelState().getState() == State.READY);
        session.send(assign("a", task(1, LONG)));
        session.await(Frame::hasAccepted);
        session.send(load("b", "a"));
        assertThat(session.next().getModelState().getError()).isEqualTo("no room for model b: 1 of 1 labels are held");

        session.send(Frame.newBuilder().setUnload(UnloadModel.newBuilder().setLabel("a")));
        session.send(assign("a", task(2, "{}")));
        assertThat(session.next().getRejected().getReason()).isEqualTo("not_loaded");
        session.send(Frame.newBuilder().setCancel(Cancel.newBuilder().setLease(lease(1))));
        assertThat(session.next().getModelState().getState()).isEqualTo(State.UNLOADED);
        assertThat(session.next().getResult().getStatus()).isEqualTo(Status.CANCELLED);
    }

    @Test
    void largePayloadsTravelInPartsBothWays() throws Exception {
        Session session = welcomedWith("m");
        String large = "x".repeat(3 * WorkerProtocol.MAX_PART_BYTES);
        ByteString payload = ByteString.copyFromUtf8("{\"run_ms\":0,\"echo\":\"" + large + "\"}");
        session.send(assign(
                "m",
                task(1, "").toBuilder().setParts(Parts.count(payload.size())).build()));
        Parts.split(lease(1), payload)
                .forEachRemaining(part -> session.send(Frame.newBuilder().setPart(part)));

        TaskResult result = session.await(Frame::hasResult).getResult();
        PartAssembly assembly = new PartAssembly(result.getParts(), 16 << 20);
        Part part;
        do {
            part = session.next().getPart();
            assertThat(part.getLease()).isEqualTo(lease(1));
        } while (!assembly.add(part));
        assertThat(assembly.payload().toStringUtf8()).contains(large);
    }

    @Test
    void runningTaskSurvivesAReconnectAndItsResultIsSentOnTheNewConnection() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, LONG)));
        session.await(Frame::hasAccepted);
        session.drop();

        Session second = dispatcher.awaitSession();
        Hello hello = second.next().getHello();
        assertThat(hello.getRunningList()).containsExactly(lease(1));
        assertThat(hello.getModelsList()).extracting(ModelState::getLabel).containsExactly("m");
        second.send(welcome(60_000));
        second.send(Frame.newBuilder().setCancel(Cancel.newBuilder().setLease(lease(1))));
        assertThat(second.await(Frame::hasResult).getResult().getLease()).isEqualTo(lease(1));
    }

    @Test
    void instanceStaysTheSameOverReconnects() throws Exception {
        start(options -> options);
        Session first = dispatcher.awaitSession();
        ByteString instance = first.next().getHello().getInstance();
        first.drop();
        assertThat(dispatcher.awaitSession().next().getHello().getInstance()).isEqualTo(instance);
    }

    @Test
    void resultsAreSentAgainUntilTheyAreAcknowledged() throws Exception {
        Session first = welcomedWith("m");
        for (int i = 1; i <= 3; i++) {
            first.send(assign("m", task(i, "{\"run_ms\":0}")));
            first.await(Frame::hasResult);
        }
        first.send(Frame.newBuilder().setResultAck(ResultAck.newBuilder().addLeases(lease(1))));
        first.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(5)));
        first.await(Frame::hasHeartbeat); // the acknowledgement has been read
        first.drop();

        Session second = dispatcher.awaitSession();
        second.next();
        second.send(Frame.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setHeartbeatMs(60_000)
                        .setTtlMs(60_000)
                        .addDropped(lease(2))));
        assertThat(second.next().getResult().getLease()).isEqualTo(lease(3));
        second.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(6)));
        assertThat(second.next().hasHeartbeat()).isTrue();
    }

    @Test
    void taskThatHasEndedIsAnsweredAgainRatherThanRunAgain() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, "{\"run_ms\":5}")));
        TaskResult result = session.await(Frame::hasResult).getResult();

        session.send(assign("m", task(1, "{\"run_ms\":5}")));

        assertThat(session.await(Frame::hasResult).getResult()).isEqualTo(result);
    }

    @Test
    void taskWhosePartsWereCutOffIsForgotten() throws Exception {
        Session session = welcomedWith("m");
        session.send(assign("m", task(1, "").toBuilder().setParts(2).build()));
        session.await(Frame::hasAccepted);
        session.drop();

        Session second = dispatcher.awaitSession();
        assertThat(second.next().getHello().getRunningList()).isEmpty();
        second.send(welcome(60_000));
        second.send(assign("m", task(2, "{\"run_ms\":0}")));
        assertThat(second.await(Frame::hasResult).getResult().getLease()).isEqualTo(lease(2));
    }

    @Test
    void badFramesCostTheirConnectionOnly() throws Exception {
        start(options -> options);
        byte[] garbage = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
        for (int kind = 0; kind < 4; kind++) {
            Session session = welcome();
            switch (kind) {
                case 0 -> session.sendRaw(garbage);
                case 1 -> session.sendText("hello");
                case 2 -> session.send(Frame.newBuilder().setHello(Hello.newBuilder()));
                default -> session.send(assign("m", task(1, "")).clear().setPart(Part.newBuilder()));
            }
            if (kind == 3) {
                session.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(9)));
                session.await(Frame::hasHeartbeat); // a stray part is dropped
                return;
            }
            List<String> codes = List.of("1007", "1003", "4400");
            assertThat(session.await(Frame::hasError).getError().getCode()).isEqualTo(codes.get(kind));
            assertThat(session.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_VIOLATION);
        }
    }

    @Test
    void framesOfALaterProtocolVersionAreIgnored() throws Exception {
        Session session = welcomedWith("m");
        session.sendRaw(new byte[] {(byte) 0xfa, 0x01, 0x00}); // field 31, empty
        session.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(3)));
        assertThat(session.next().getHeartbeat().getN()).isEqualTo(3);
    }

    @Test
    void drainFinishesRunningTasksRefusesNewOnesAndSaysGoodbye() throws Exception {
        Worker worker = start(options -> options.queueSlots(1));
        Session session = welcome();
        session.send(load("m"));
        session.await(frame -> frame.getModelState().getState() == State.READY);
        session.send(assign("m", task(1, LONG)));
        session.await(Frame::hasAccepted);
        session.send(Frame.newBuilder().setDrain(Drain.newBuilder().setTimeoutMs(30_000)));
        session.send(assign("m", task(2, "{}")));
        assertThat(session.next().getRejected().getReason()).isEqualTo("draining");

        session.send(Frame.newBuilder().setCancel(Cancel.newBuilder().setLease(lease(1))));
        session.await(Frame::hasResult);
        session.send(Frame.newBuilder().setResultAck(ResultAck.newBuilder().addLeases(lease(1))));
        assertThat(session.next().hasBye()).isTrue();
        assertThat(session.awaitClose()).isEqualTo(1000);
        assertThat(worker.awaitTermination()).isZero();
    }

    @Test
    void workerThatWantsToLeaveAsksAndServesUntilItIsTold() throws Exception {
        Worker worker = start(options -> options);
        Session session = welcome();
        session.send(load("m"));
        session.await(frame -> frame.getModelState().getState() == State.READY);
        worker.drain();
        session.await(Frame::hasDrainRequest);
        session.send(assign("m", task(1, "{\"run_ms\":0}")));
        assertThat(session.await(Frame::hasResult).getResult().getStatus()).isEqualTo(Status.OK);
        session.send(Frame.newBuilder().setResultAck(ResultAck.newBuilder().addLeases(lease(1))));
        session.send(Frame.newBuilder().setDrain(Drain.getDefaultInstance()));

        assertThat(session.next().hasBye()).isTrue();
        assertThat(worker.awaitTermination()).isZero();
    }

    @Test
    void duplicateIdEndsTheWorkerWithOne() throws Exception {
        Worker worker = start(options -> options);
        Session session = dispatcher.awaitSession();
        session.next();
        session.close(WorkerProtocol.CLOSE_DUPLICATE_ID);
        assertThat(worker.awaitTermination()).isEqualTo(1);
    }

    @Test
    void tokenIsReadAnewAfterARefusal(@TempDir Path temp) throws Exception {
        Path token = Files.writeString(temp.resolve("token"), "wrong\n");
        dispatcher.refuseWith(401);
        start(options -> options.tokenFile(token));
        var headers = dispatcher.awaitRefused();
        assertThat(headers.get("Authorization")).isEqualTo("Bearer wrong");
        assertThat(headers.get("Worker-Id")).isEqualTo("w1");
        assertThat(headers.get("Sec-WebSocket-Protocol")).isEqualTo("headgate.worker.v1");

        Files.writeString(token, "right\n");
        while (!"Bearer right".equals(dispatcher.awaitRefused().get("Authorization"))) {
            // attempts that were under way when the token changed
        }
        dispatcher.refuseWith(0);
        assertThat(dispatcher.awaitSession().next().hasHello()).isTrue();
    }

    @Test
    void silentDispatcherIsLeftAfterItsTimeToLive() throws Exception {
        try (SilentPeer silent = new SilentPeer(dispatcher.uri())) {
            startAt(silent.uri(), options -> options);
            Session session = dispatcher.awaitSession();
            session.next();
            session.send(Frame.newBuilder()
                    .setWelcome(Welcome.newBuilder().setHeartbeatMs(20).setTtlMs(200)));
            session.await(Frame::hasHeartbeat);
            silent.mute();
            assertThat(silent.awaitHangUp()).isTrue();
        }
    }

    @Test
    void healthTellsWhetherTheDispatcherIsThere() throws Exception {
        Worker worker = start(options -> options.health(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        assertThat(health(worker)).isEqualTo(503);
        Session session = welcome();
        session.send(Frame.newBuilder().setProbe(Probe.newBuilder().setN(1)));
        session.await(Frame::hasHeartbeat);
        assertThat(health(worker)).isEqualTo(200);
    }

    private Worker start(UnaryOperator<WorkerOptions.Builder> more) {
        return startAt(dispatcher.uri(), more);
    }

    private Worker startAt(URI uri, UnaryOperator<WorkerOptions.Builder> more) {
        WorkerOptions.Builder options = WorkerOptions.builder(uri)
                .workerId("w1")
                .engine(WorkerOptions.EngineKind.SLEEP)
                .seed(1);
        Worker worker = Worker.start(more.apply(options).build());
        workers.add(worker);
        return worker;
    }

    /** Takes the next connection, reads its Hello and welcomes it with heartbeats that do not disturb. */
    private Session welcome() throws InterruptedException {
        Session session = dispatcher.awaitSession();
        session.await(Frame::hasHello);
        session.send(welcome(60_000));
        return session;
    }

    private Session welcomedWith(String label) throws InterruptedException {
        start(options -> options);
        Session session = welcome();
        session.send(load(label));
        session.await(frame -> frame.getModelState().getState() == State.READY);
        return session;
    }

    private static int health(Worker worker) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create(
                    "http://127.0.0.1:" + worker.healthAddress().orElseThrow().getPort() + "/health");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static Frame.Builder welcome(int heartbeatMillis) {
        return Frame.newBuilder()
                .setWelcome(Welcome.newBuilder().setHeartbeatMs(heartbeatMillis).setTtlMs(120_000));
    }

    private static Frame.Builder load(String label, String... evict) {
        return Frame.newBuilder()
                .setLoad(LoadModel.newBuilder()
                        .setLabel(label)
                        .setSizeBytes(1_000)
                        .addAllEvict(Arrays.asList(evict)));
    }

    private static Frame.Builder assign(String label, TaskSpec... tasks) {
        return Frame.newBuilder().setAssign(Assign.newBuilder().setLabel(label).addAllTasks(Arrays.asList(tasks)));
    }

    private static TaskSpec task(int number, String parameters) {
        return TaskSpec.newBuilder()
                .setLease(lease(number))
                .setTaskType("sleep")
                .setPayload(ByteString.copyFromUtf8(parameters))
                .build();
    }

    private static Lease lease(int number) {
        return Lease.newBuilder()
                .setTaskUid("task-" + number)
                .setAttempt(1)
                .setToken(number)
                .build();
    }
}
