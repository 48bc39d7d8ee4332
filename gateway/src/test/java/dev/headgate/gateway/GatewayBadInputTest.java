package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.core.admit.AdmissionLimits;
import dev.headgate.core.route.DispatchSettings;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Status;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Timing;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code POST /run-task} refuses, and how. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayBadInputTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private TestGateway gateway = TestGateway.startImpatient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                                   | the body is not a JSON object
            not json                                                             | the body is not JSON: line 1
            [1]                                                                  | the body is not a JSON object
            {"label":"m"                                                         | the body is not JSON: line 1
            {"label":"m","task_type":"sleep"} {}                                 | more than one JSON object
            {"label":"m","task_type":"sleep","parameters_json":{}}               | parameters_json is not a string
            {"label":"m","task_type":"sleep","parameters_json":"nope"}           | parameters_json does not hold valid JSON
            {"label":"m","task_type":"sleep","parameters_json":"[1]"}            | parameters_json does not hold a JSON object
            {"label":"m","task_type":"sleep","parameters_json":"{} {}"}          | more than one JSON object
            {"label":"m","task_type":"sleep","parameters_json":"{\\"a\\":"}      | parameters_json does not hold valid JSON
            {"task_type":"sleep"}                                                | label is missing
            {"label":"","task_type":"sleep"}                                     | label is missing
            {"label":7,"task_type":"sleep"}                                      | label is not a string
            {"label":"m"}                                                        | task_type is missing
            {"label":"a\\u0007b","task_type":"sleep"}                            | label contains a control character
            {"label":"m","task_type":"sleep","deadline_ms":0}                    | deadline_ms: 0 (expected: > 0)
            {"label":"m","task_type":"sleep","deadline_ms":-5}                   | deadline_ms: -5 (expected: > 0)
            {"label":"m","task_type":"sleep","deadline_ms":600001}               | deadline_ms: 600001 (expected: <= 600000)
            {"label":"m","task_type":"sleep","deadline_ms":1.5}                  | deadline_ms is not a whole number
            {"label":"m","task_type":"sleep","deadline_ms":99999999999999999999} | deadline_ms is not a whole number
            {"label":"m","task_type":"sleep","priority":11}                      | priority: 11 (expected: -10 to 10)
            {"label":"m","task_type":"sleep","priority":-11}                     | priority: -11 (expected: -10 to 10)
            {"label":"m","task_type":"sleep","priority":"high"}                  | priority is not a whole number
            {"label":"m","task_type":"sleep","idempotent":"yes"}                 | idempotent is not true or false
            """)
    void badTaskIsRefusedNamingTheField(String body, String sentence) {
        HttpResponse<String> answer = gateway.post("/run-task", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode json = TestGateway.json(answer);
        assertThat(json.path("message").asText()).contains(sentence);
        assertThat(json.path("error").path("code").asText()).isEqualTo("invalid_request");
        assertThat(json.path("error").path("retryable").asBoolean()).isFalse();
    }

    @Test
    void tooLongNamesAreRefused() {
        String longName = "x".repeat(257);
        assertThat(gateway.post("/run-task", TestGateway.task(longName, "sleep", "{}"))
                        .body())
                .contains("label has 257 characters (expected: <= 256)");
        assertThat(gateway.post("/run-task", TestGateway.task("m", longName, "{}"))
                        .body())
                .contains("task_type has 257 characters");
        assertThat(gateway.post("/run-task", "{\"task_id\":\"" + longName + "\"}")
                        .body())
                .contains("task_id has 257 characters");
    }

    @Test
    void deeplyNestedJsonIsRefused() {
        String nested = "[".repeat(5000) + "]".repeat(5000);
        assertThat(gateway.post("/run-task", "{\"x\":" + nested + "}").statusCode())
                .isEqualTo(400);
        assertThat(gateway.post("/run-task", TestGateway.task("m", "sleep", "{\"x\":" + nested + "}"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void unpairedSurrogateReachesTheWorkerAsAReplacementCharacter() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.postAsync(
                    "/run-task",
                    "{\"label\":\"m\",\"task_type\":\"sleep\",\"parameters_json\":\"{\\\"echo\\\":\\\"\\ud800\\\"}\"}");
            TaskSpec task = worker.takeTask();
            assertThat(task.getPayload().toStringUtf8()).isEqualTo("{\"echo\":\"\uFFFD\"}");
            worker.succeed(task.getLease(), "{}");
            assertThat(answer.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void unknownLabelIsNotFound() {
        try (FakeWorker worker =
                FakeWorker.join(gateway, "w1", hello -> hello.setAnyLabel(false).addLabels("known"))) {
            HttpResponse<String> answer = gateway.post("/run-task", TestGateway.task("other", "sleep", "{}"));
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("unknown_label").contains("model other is unknown");
            assertThat(worker.isOpen()).isTrue();
        }
    }

    @Test
    void unknownTaskTypeIsUnprocessable() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            HttpResponse<String> answer = gateway.post("/run-task", TestGateway.task("m", "dance", "{}"));
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains("unknown_task_type").contains("dance");
            assertThat(worker.isOpen()).isTrue();
        }
    }

    @Test
    void withoutWorkersATaskIsRefusedAfterTheWait() {
        long startNanos = System.nanoTime();
        HttpResponse<String> answer = gateway.sleep("m", 1).join();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("no_workers");
        assertThat(answer.headers().firstValue("retry-after")).contains("5");
        assertThat(answer.headers().firstValue("retry-after-ms")).contains("5000");
        assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void fullQueueIsToldWhenToComeBack() {
        DispatchSettings tiny = TestGateway.impatient().withAdmission(new AdmissionLimits(100, 1, 1 << 20, 0.5));
        gateway.close();
        gateway =
                TestGateway.start(options -> options.withDispatcher(TestGateway.dispatcher(tiny, 1 << 20, List.of())));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            TaskSpec first = worker.takeTask();
            CompletableFuture<HttpResponse<String>> waiting = gateway.sleep("m", 1);
            TestGateway.await("one task waits", () -> gateway.waiting() == 1);

            HttpResponse<String> refused = gateway.sleep("m", 1).join();
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("queue_full").contains("the queue of m is full");
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("retry-after").orElse("0")))
                    .isBetween(1, 59);
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("retry-after-ms").orElse("0")))
                    .isBetween(1000, 59_000);
            assertThat(refused.headers().firstValue("x-should-retry")).isEmpty();

            worker.succeed(first.getLease(), "{}");
            worker.succeed(worker.takeTask().getLease(), "{}");
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(waiting.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void taskThatCannotBeInTimeIsRefusedAtOnce() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> slow = gateway.sleep("m", 1);
            Lease lease = worker.takeTask().getLease();
            worker.send(Frame.newBuilder()
                    .setResult(TaskResult.newBuilder()
                            .setLease(lease)
                            .setStatus(Status.OK)
                            .setTiming(Timing.newBuilder().setRunUs(20_000_000))));
            assertThat(slow.join().statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            Lease second = worker.takeTask().getLease();

            HttpResponse<String> refused =
                    gateway.post("/run-task", "{\"label\":\"m\",\"task_type\":\"sleep\",\"deadline_ms\":50}");
            worker.succeed(second, "{}");
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("would_miss_deadline");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void deadlineEndsATaskThatWaits() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> running = gateway.sleep("m", 1);
            TaskSpec first = worker.takeTask();

            HttpResponse<String> late =
                    gateway.post("/run-task", "{\"label\":\"m\",\"task_type\":\"sleep\",\"deadline_ms\":250}");
            assertThat(late.statusCode()).isEqualTo(504);
            assertThat(late.body()).contains("deadline_exceeded").contains("while the task waited");

            worker.succeed(first.getLease(), "{}");
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(worker.frames()).noneMatch(frame -> frame.hasAssign());
        }
    }

    @Test
    void deadlineStopsATaskThatRuns() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer =
                    gateway.postAsync("/run-task", "{\"label\":\"m\",\"task_type\":\"sleep\",\"deadline_ms\":250}");
            TaskSpec task = worker.takeTask();
            assertThat(task.getRemainingMs()).isBetween(1, 250);
            worker.accept(task);

            assertThat(answer.join().statusCode()).isEqualTo(504);
            assertThat(answer.join().body()).contains("during the run");
            assertThat(worker.await(frame -> frame.hasCancel()).getCancel().getLease())
                    .isEqualTo(task.getLease());
            worker.cancelled(task.getLease());
            worker.await(frame -> frame.hasResultAck());
        }
    }

    @Test
    void otherRequestsGoOnWhileBadOnesComeIn() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> good = gateway.sleep("m", 1);
            TaskSpec task = worker.takeTask();
            for (String body : List.of("", "{", "[]", "{\"label\":1}", "\u0000\u0000")) {
                assertThat(gateway.post("/run-task", body).statusCode()).isEqualTo(400);
            }
            worker.succeed(task.getLease(), "{\"ok\":1}");
            assertThat(good.join().body()).isEqualTo("{\"ok\":1}");
        }
    }
}
