package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.worker.Worker;
import dev.headgate.worker.WorkerOptions;
import dev.headgate.worker.sleep.SleepCost;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server with the worker that is shipped. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayRealWorkerTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private final TestGateway gateway = TestGateway.startImpatient();
    private final List<Worker> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(Worker::abort);
        gateway.close();
    }

    @Test
    void tasksOfManyLabelsAreRunAndEchoed() {
        start("w1", 2);
        start("w2", 2);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(gateway.postAsync(
                    "/run-task", TestGateway.task("label-" + i % 5, "sleep", "{\"run_ms\":1,\"echo\":" + i + "}")));
        }
        for (int i = 0; i < 200; i++) {
            HttpResponse<String> answer = answers.get(i).join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(TestGateway.json(answer).path("echo").asInt()).isEqualTo(i);
        }
    }

    @Test
    void handlersErrorIsReturnedAtOnce() {
        start("w1", 1);
        HttpResponse<String> failed =
                gateway.post("/run-task", TestGateway.task("m", "sleep", "{\"fail\":\"as asked\"}"));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("as asked");

        HttpResponse<String> wrong = gateway.post("/run-task", TestGateway.task("m", "sleep", "{\"run_ms\":-1}"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("run_ms: -1");
    }

    @Test
    void drainedWorkerFailsNoRequest() {
        start("w1", 1);
        start("w2", 1);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            answers.add(gateway.sleep("label-" + i % 3, 10));
            if (i == 30) {
                Thread.ofVirtual().start(workers.getFirst()::close);
            }
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode())
                        .as(answer.join().body())
                        .isEqualTo(200));
        TestGateway.await("the drained worker has left", () -> gateway.workers().equals(List.of("w2")));
    }

    @Test
    void workerThatVanishesFailsNoRequestEither() {
        start("w1", 8);
        start("w2", 8);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(gateway.sleep("label-" + i % 2, 100));
        }
        workers.getFirst().abort();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode())
                        .as(answer.join().body())
                        .isEqualTo(200));
    }

    @Test
    void cancelledTaskFreesItsSlotAtOnce() {
        start("w1", 1);
        gateway.sleep("m", 0).join();
        RawClient leaving = new RawClient(gateway);
        leaving.post("/run-task", TestGateway.task("m", "sleep", "{\"run_ms\":20000}"));
        TestGateway.await(
                "it runs", () -> gateway.get("/workers?detail=true").body().contains("\"running\":1"));
        long startNanos = System.nanoTime();
        leaving.abort();
        assertThat(gateway.sleep("m", 0).join().statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - startNanos).isLessThan(1_000_000_000L);
    }

    private void start(String id, int runSlots) {
        Worker worker = Worker.start(WorkerOptions.builder(gateway.workerUri())
                .engine(WorkerOptions.EngineKind.SLEEP)
                .workerId(id)
                .runSlots(runSlots)
                .sleepLoad(new SleepCost(5, 0))
                .build());
        workers.add(worker);
        TestGateway.await(id + " joins", worker::isConnected);
    }
}
