package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Bye;
import dev.headgate.worker.protocol.DrainRequest;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that come back, fall silent, refuse, die or are told to stop; every task has one outcome. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayWorkerSessionTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private final TestGateway gateway = TestGateway.startImpatient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void newcomerWithAnIdInUseIsSentAwayAndTheOldOneGoesOn() {
        try (FakeWorker old = FakeWorker.join(gateway, "w1");
                FakeWorker newcomer = FakeWorker.connect(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            TaskSpec task = old.takeTask();
            newcomer.hello(hello -> hello.setInstance(ByteString.copyFromUtf8("second")));

            assertThat(newcomer.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_DUPLICATE_ID);
            old.succeed(task.getLease(), "{}");
            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(answer.join().headers().firstValue("x-headgate-attempts"))
                    .contains("1");
        }
    }

    @Test
    void newcomerCannotSpeakForTheWorkerWhoseIdItUses() {
        try (FakeWorker old = FakeWorker.join(gateway, "w1");
                FakeWorker newcomer = FakeWorker.connect(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            TaskSpec task = old.takeTask();
            newcomer.hello(hello -> hello.setInstance(ByteString.copyFromUtf8("second")));
            try {
                newcomer.send(Frame.newBuilder().setModelState(FakeWorker.ready("forged")));
                newcomer.reject(task, "full");
                newcomer.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
            } catch (RuntimeException e) {
                assertThat(newcomer.isOpen()).isFalse(); // it was sent away before it could say all
            }

            assertThat(newcomer.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_DUPLICATE_ID);
            assertThat(gateway.workers()).containsExactly("w1");
            assertThat(gateway.get("/labels").body()).isEqualTo("{\"m\":[\"w1\"]}");
            old.succeed(task.getLease(), "{}");
            assertThat(answer.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void sameProcessComesBackAndKeepsWhatItRuns() {
        FakeWorker before = FakeWorker.join(gateway, "w1");
        CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
        TaskSpec task = before.takeTask();
        before.accept(task);
        before.close();
        try (FakeWorker after = FakeWorker.connect(gateway, "w1")) {
            after.hello(hello -> hello.addRunning(task.getLease()).addModels(FakeWorker.ready("m")));
            Welcome welcome = after.awaitWelcome();
            assertThat(welcome.getDroppedList()).isEmpty();
            after.succeed(task.getLease(), "{\"slept_ms\":1}");
            after.await(Frame::hasResultAck);
            after.succeed(task.getLease(), "{\"slept_ms\":2}");
            assertThat(after.await(Frame::hasResultAck).getResultAck().getLeases(0))
                    .isEqualTo(task.getLease());

            assertThat(answer.join().body()).isEqualTo("{\"slept_ms\":1}");
            assertThat(answer.join().headers().firstValue("x-headgate-attempts"))
                    .contains("1");
            assertThat(after.frames()).noneMatch(Frame::hasAssign);
        }
    }

    @Test
    void newConnectionOfTheSameProcessReplacesTheOld() {
        try (FakeWorker before = FakeWorker.join(gateway, "w1");
                FakeWorker after = FakeWorker.join(gateway, "w1")) {
            assertThat(before.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_GOING_AWAY);
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            after.succeed(after.takeTask().getLease(), "{}");
            assertThat(answer.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void taskThatEndedMeanwhileIsStoppedAfterTheWelcome() {
        FakeWorker before = FakeWorker.join(gateway, "w1");
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/run-task", "{\"label\":\"m\",\"task_type\":\"sleep\",\"deadline_ms\":150}");
        TaskSpec task = before.takeTask();
        before.close();
        assertThat(answer.join().statusCode()).isEqualTo(504);
        try (FakeWorker after = FakeWorker.connect(gateway, "w1")) {
            after.hello(hello -> hello.addRunning(task.getLease()).addModels(FakeWorker.ready("m")));
            after.awaitWelcome();
            assertThat(after.await(Frame::hasCancel).getCancel().getLease()).isEqualTo(task.getLease());
        }
    }

    @Test
    void workerThatFallsSilentIsLostAndItsTaskRunsElsewhere() {
        try (FakeWorker silent = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            TaskSpec first = silent.takeTask();
            silent.accept(first);
            try (FakeWorker other = FakeWorker.join(
                    gateway,
                    "w2",
                    hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(2)))) {
                other.keepBeating();
                assertThat(silent.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_LOST);
                TaskSpec second = other.takeTask();
                assertThat(second.getLease().getTaskUid())
                        .isEqualTo(first.getLease().getTaskUid());
                assertThat(second.getLease().getAttempt()).isEqualTo(2);
                other.succeed(second.getLease(), "{}");

                assertThat(answer.join().statusCode()).isEqualTo(200);
                assertThat(answer.join().headers().firstValue("x-headgate-attempts"))
                        .contains("2");
                assertThat(LOGS.lines()).anyMatch(line -> line.contains("worker is silent") && line.contains("w1"));
            }
        }
    }

    @Test
    void refusedTaskWaitsAgainAndIsNoAttempt() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            worker.reject(worker.takeTask(), "full");
            worker.heartbeat("m");
            TaskSpec again = worker.takeTask();
            worker.reject(again, "not_loaded");
            assertThat(worker.await(Frame::hasLoad).getLoad().getLabel()).isEqualTo("m");
            worker.send(Frame.newBuilder().setModelState(FakeWorker.ready("m")));
            worker.succeed(worker.takeTask().getLease(), "{}");

            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(answer.join().headers().firstValue("x-headgate-attempts"))
                    .contains("1");
        }
    }

    @Test
    void modelThatCannotBeLoadedIsToldWithItsCause() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            worker.await(Frame::hasLoad);
            worker.send(Frame.newBuilder()
                    .setModelState(ModelState.newBuilder()
                            .setLabel("m")
                            .setState(State.FAILED)
                            .setError("the graph is damaged")));

            assertThat(answer.join().statusCode()).isEqualTo(502);
            assertThat(answer.join().body()).contains("model_load_failed").contains("the graph is damaged");
            assertThat(gateway.sleep("m", 1).join().statusCode()).isEqualTo(503);
        }
    }

    @Test
    void taskThatLosesEveryWorkerIsPoisoned() {
        CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            FakeWorker worker = FakeWorker.join(gateway, "w" + attempt);
            assertThat(worker.takeTask().getLease().getAttempt()).isEqualTo(attempt);
            worker.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
        }
        assertThat(answer.join().statusCode()).isEqualTo(502);
        assertThat(answer.join().body()).contains("poisoned").contains("\"attempts\":3");
    }

    @Test
    void taskThatMayRunOnlyOnceIsNotTriedAgain() {
        FakeWorker worker = FakeWorker.join(gateway, "w1");
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/run-task", "{\"label\":\"m\",\"task_type\":\"sleep\",\"idempotent\":false}");
        worker.accept(worker.takeTask());
        worker.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));

        assertThat(answer.join().statusCode()).isEqualTo(502);
        assertThat(answer.join().body()).contains("worker_lost");
    }

    @Test
    void everyTaskOfAWorkerThatDiesIsAnswered() {
        FakeWorker dying = FakeWorker.join(
                gateway,
                "w1",
                hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(10)));
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(gateway.sleep("m", 1));
        }
        for (int i = 0; i < 10; i++) {
            dying.accept(dying.takeTask());
        }
        TestGateway.await("the others wait", () -> gateway.waiting() == 40);
        dying.close();
        try (FakeWorker other = FakeWorker.join(gateway, "w2")) {
            for (int i = 0; i < 50; i++) {
                other.succeed(other.takeTask().getLease(), "{}");
            }
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        }
    }

    @Test
    void everyTaskIsRefusedClearlyIfNoWorkerIsLeft() {
        FakeWorker dying = FakeWorker.join(gateway, "w1");
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(gateway.sleep("m", 1));
        }
        dying.takeTask();
        dying.close();
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.join().statusCode()).isEqualTo(503);
            assertThat(answer.join().body()).contains("no worker is connected");
        });
    }

    @Test
    void clientThatLeavesTakesItsWaitingTaskAlong() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            TaskSpec task = worker.takeTask();
            RawClient leaving = new RawClient(gateway);
            leaving.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            TestGateway.await("its task waits", () -> gateway.waiting() == 1);
            leaving.abort();
            TestGateway.await("its task is gone", () -> gateway.waiting() == 0);

            worker.succeed(task.getLease(), "{}");
            assertThat(running.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void clientThatLeavesStopsItsRunningTask() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            long quickestNanos = Long.MAX_VALUE; // others may keep the machine busy once, but not always
            for (int i = 0; i < 5; i++) {
                RawClient leaving = new RawClient(gateway);
                leaving.post("/run-task", TestGateway.task("m", "sleep", "{}"));
                TaskSpec task = worker.takeTask();
                worker.accept(task);
                long startNanos = System.nanoTime();
                if (i % 2 == 0) {
                    leaving.abort();
                } else {
                    leaving.close();
                }
                assertThat(worker.await(Frame::hasCancel).getCancel().getLease())
                        .isEqualTo(task.getLease());
                quickestNanos = Math.min(quickestNanos, System.nanoTime() - startNanos);
                worker.cancelled(task.getLease());
                worker.await(Frame::hasResultAck);
            }
            assertThat(quickestNanos).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Test
    void workerThatDoesNotStopATaskIsLost() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            RawClient leaving = new RawClient(gateway);
            leaving.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            worker.takeTask();
            leaving.abort();
            worker.await(Frame::hasCancel);
            assertThat(worker.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_LOST);
        }
    }

    @Test
    void workerThatAsksToLeaveIsDrained() {
        try (FakeWorker leaving = FakeWorker.join(gateway, "w1")) {
            leaving.send(Frame.newBuilder().setDrainRequest(DrainRequest.getDefaultInstance()));
            assertThat(leaving.await(Frame::hasDrain).getDrain().getTimeoutMs()).isEqualTo(30_000);
            try (FakeWorker other = FakeWorker.join(gateway, "w2")) {
                CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
                other.succeed(other.takeTask().getLease(), "{}");
                assertThat(answer.join().headers().firstValue("x-headgate-worker"))
                        .contains("w2");
            }
        }
    }

    @Test
    void whatDoesNotEndWithinTheDrainIsToldSo() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            CompletableFuture<HttpResponse<String>> waiting = gateway.sleep("m", 1);
            worker.takeTask();
            gateway.server().dispatcher().drain(Duration.ofMillis(50)).join();
            assertThat(running.join().statusCode()).isEqualTo(503);
            assertThat(running.join().headers().firstValue("retry-after")).contains("5");
            assertThat(waiting.join().statusCode()).isEqualTo(503);
        }
    }

    @Test
    void serverThatClosesFinishesWhatRunsAndRefusesTheRest() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            TaskSpec task = worker.takeTask();
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(() -> gateway.server().close());
            TestGateway.await("it drains", () -> gateway.get("/health").statusCode() == 503);
            assertThat(gateway.get("/health").body()).isEqualTo("{\"message\":\"DRAINING\"}");
            HttpResponse<String> refused = gateway.sleep("m", 1).join();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("shutting down");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();

            worker.succeed(task.getLease(), ByteString.copyFrom(new byte[3 << 20]));
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(running.join().body()).hasSize(3 << 20);
            assertThat(worker.awaitClose()).isEqualTo(WorkerProtocol.CLOSE_GOING_AWAY);
            closing.join();
        }
    }
}
