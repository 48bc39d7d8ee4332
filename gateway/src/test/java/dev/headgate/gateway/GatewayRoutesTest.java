package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.headgate.gateway.dispatch.Token;
import dev.headgate.worker.protocol.TaskSpec;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayRoutesTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private TestGateway gateway = TestGateway.start();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void healthIsOkWhileWorkIsTaken() {
        HttpResponse<String> answer = gateway.get("/health");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"message\":\"OK\"}");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void workersAreListedInOrderWithDetailsIfAskedFor() {
        try (FakeWorker second = FakeWorker.join(gateway, "w2");
                FakeWorker first = FakeWorker.join(gateway, "w1", hello -> hello.addModels(FakeWorker.ready("m")))) {
            assertThat(gateway.get("/workers").body()).isEqualTo("{\"workers\":[\"w1\",\"w2\"]}");

            JsonNode details =
                    TestGateway.json(gateway.get("/workers?a=b&detail=true")).path("details");
            assertThat(details).hasSize(2);
            assertThat(details.path(0).path("id").asText()).isEqualTo("w1");
            assertThat(details.path(0).path("state").asText()).isEqualTo("ready");
            assertThat(details.path(0).path("run_slots").asInt()).isEqualTo(1);
            assertThat(details.path(0).path("labels").toString()).isEqualTo("{\"m\":\"ready\"}");
            assertThat(first.isOpen() && second.isOpen()).isTrue();
        }
    }

    @Test
    void labelsShowWhoHoldsWhat() {
        assertThat(gateway.get("/labels").body()).isEqualTo("{}");
        try (FakeWorker second = FakeWorker.join(
                        gateway,
                        "w2",
                        hello -> hello.addModels(FakeWorker.ready("b")).addModels(FakeWorker.ready("a")));
                FakeWorker first = FakeWorker.join(gateway, "w1", hello -> hello.addModels(FakeWorker.ready("b")))) {
            assertThat(gateway.get("/labels").body()).isEqualTo("{\"a\":[\"w2\"],\"b\":[\"w1\",\"w2\"]}");
            assertThat(first.isOpen() && second.isOpen()).isTrue();
        }
    }

    @Test
    void modelsAreListedAndFoundOneByOne() {
        try (FakeWorker worker = FakeWorker.join(
                gateway, "w1", hello -> hello.addLabels("org/m+1").addLabels("a"))) {
            JsonNode list = TestGateway.json(gateway.get("/v1/models"));
            assertThat(list.path("object").asText()).isEqualTo("list");
            assertThat(list.path("data").findValuesAsText("id")).containsExactly("a", "org/m+1");

            JsonNode one = TestGateway.json(gateway.get("/v1/models/org%2Fm+1"));
            assertThat(one.path("id").asText()).isEqualTo("org/m+1");
            assertThat(one.path("object").asText()).isEqualTo("model");
            assertThat(one.path("created").asLong()).isPositive();
            assertThat(worker.isOpen()).isTrue();
        }
    }

    @Test
    void unknownModelIsNotFoundInOpenAisShape() {
        HttpResponse<String> answer = gateway.get("/v1/models/nope");

        assertThat(answer.statusCode()).isEqualTo(404);
        JsonNode error = TestGateway.json(answer).path("error");
        assertThat(error.path("code").asText()).isEqualTo("model_not_found");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").asText()).isEqualTo("model");
        assertThat(error.path("message").asText()).contains("nope");
    }

    @Test
    void brokenPercentEncodingIsABadRequest() {
        try (RawClient client = new RawClient(gateway)) {
            RawClient.Answer answer = client.get("/v1/models/%zz").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("percent");
        }
    }

    @Test
    void unknownPathIsNotFoundInTheShapeOfItsRoute() {
        HttpResponse<String> task = gateway.get("/nope?x=1");
        assertThat(task.statusCode()).isEqualTo(404);
        assertThat(TestGateway.json(task).path("error").path("code").asText()).isEqualTo("not_found");
        assertThat(TestGateway.json(task).path("message").asText()).isEqualTo("path: /nope is unknown");

        JsonNode openAi = TestGateway.json(gateway.get("/v1/nope"));
        assertThat(openAi.path("error").path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(openAi.has("message")).isFalse();
    }

    @Test
    void serverWithoutBackendsSaysToEverybodyThatItIsWell() {
        assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void wrongMethodIsToldWhichIsAllowed() {
        HttpResponse<String> answer = gateway.get("/run-task");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("POST");
        assertThat(answer.body()).contains("GET (expected: POST)");

        assertThat(gateway.post("/health", "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void headAnswersLikeGetWithoutABody() {
        try (RawClient client = new RawClient(gateway)) {
            RawClient.Answer head =
                    client.send("HEAD /health HTTP/1.1\nHost: h\n\n").answerWithoutBody();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).containsEntry("content-length", "16");
            assertThat(client.get("/health").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void taskAnswersWithItsResultAndWhereItRan() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer =
                    gateway.postAsync("/run-task", TestGateway.task("m", "sleep", "{\"run_ms\":1}"));
            TaskSpec task = worker.takeTask();
            assertThat(task.getTaskId()).isEqualTo("t");
            assertThat(task.getTaskType()).isEqualTo("sleep");
            assertThat(task.getPayload().toStringUtf8()).isEqualTo("{\"run_ms\":1}");
            assertThat(task.getRemainingMs()).isBetween(40_000, 45_000);
            worker.accept(task);
            worker.succeed(task.getLease(), "{\"slept_ms\":1}");

            HttpResponse<String> ended = answer.join();
            assertThat(ended.statusCode()).isEqualTo(200);
            assertThat(ended.body()).isEqualTo("{\"slept_ms\":1}");
            assertThat(ended.headers().firstValue("x-headgate-task-uid"))
                    .contains(task.getLease().getTaskUid());
            assertThat(ended.headers().firstValue("x-headgate-worker")).contains("w1");
            assertThat(ended.headers().firstValue("x-headgate-label-miss")).contains("true");
            assertThat(ended.headers().firstValue("x-headgate-attempts")).contains("1");
            assertThat(List.of("wait", "load", "run"))
                    .allSatisfy(part -> assertThat(ended.headers()
                                    .firstValue("x-headgate-" + part + "-ms")
                                    .orElse(""))
                            .matches("\\d+\\.\\d{3}"));
        }
    }

    @Test
    void taskErrorEchoesTheTaskAndItsAttempts() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer =
                    gateway.postAsync("/run-task", TestGateway.task("m", "sleep", "{}"));
            TaskSpec task = worker.takeTask();
            worker.fail(task.getLease(), "task_failed", "the handler's own words");

            HttpResponse<String> ended = answer.join();
            assertThat(ended.statusCode()).isEqualTo(500);
            assertThat(ended.headers().firstValue("x-should-retry")).contains("false");
            JsonNode body = TestGateway.json(ended);
            assertThat(body.path("message").asText()).isEqualTo("the handler's own words");
            assertThat(body.path("error").toString())
                    .isEqualTo("{\"code\":\"task_failed\",\"message\":\"the handler's own words\",\"retryable\":false,"
                            + "\"task_id\":\"t\",\"attempts\":1}");
        }
    }

    @Test
    void largeTaskAndLargeResultTravelInPartsAndComeBackWhole() {
        String text = "x".repeat(3_000_000);
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer =
                    gateway.postAsync("/run-task", TestGateway.task("m", "sleep", "{\"echo\":\"" + text + "\"}"));
            TaskSpec task = worker.takeTask();
            assertThat(task.getParts()).isEqualTo(12);
            worker.succeed(task.getLease(), task.getPayload());

            assertThat(answer.join().body()).isEqualTo("{\"echo\":\"" + text + "\"}");
        }
    }

    @Test
    void resultOverTheLimitIsAnErrorAndCostsNothingElse() {
        gateway.close();
        gateway = TestGateway.start(options ->
                options.withDispatcher(TestGateway.dispatcher(TestGateway.impatient(), 1_000_000, List.of())));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1")) {
            CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
            worker.succeed(worker.takeTask().getLease(), ByteString.copyFrom(new byte[1_500_000]));
            assertThat(answer.join().statusCode()).isEqualTo(500);
            assertThat(answer.join().body()).contains("result_too_large").contains("1000000 bytes");

            CompletableFuture<HttpResponse<String>> next = gateway.sleep("m", 1);
            worker.succeed(worker.takeTask().getLease(), "{}");
            assertThat(next.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void callersMustShowATokenExceptForHealth() {
        gateway.close();
        gateway = TestGateway.start(options -> options.withClients(List.of(
                new GatewayOptions.Client("a", new Token("secret-a")),
                new GatewayOptions.Client("b", new Token("secret-b")))));

        assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
        for (String path : List.of("/workers", "/labels", "/v1/models", "/run-task", "/nope")) {
            HttpResponse<String> answer = gateway.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
        }
        assertThat(withToken("secret-x").statusCode()).isEqualTo(401);
        assertThat(withToken("secret-a").statusCode()).isEqualTo(200);
        assertThat(withToken("secret-b").statusCode()).isEqualTo(200);
        assertThat(TestGateway.json(gateway.get("/v1/models"))
                        .path("error")
                        .path("type")
                        .asText())
                .isEqualTo("authentication_error");
    }

    @Test
    void noTokenIsEverLoggedOrAnswered() {
        gateway.close();
        gateway = TestGateway.start(
                options -> options.withClients(List.of(new GatewayOptions.Client("a", new Token("client-secret"))))
                        .withDispatcher(TestGateway.dispatcher(
                                TestGateway.impatient(), 1_000_000, List.of(new Token("worker-secret")))));
        String shown = withToken("wrong-secret").body()
                + withToken("client-secret").body()
                + new GatewayOptions.Client("a", new Token("client-secret"))
                + send("""
                        GET /worker-listen HTTP/1.1
                        Host: h
                        Upgrade: websocket
                        Connection: upgrade
                        Authorization: Bearer other-secret

                        """);

        assertThat(shown).doesNotContain("-secret");
        assertThat(LOGS.lines()).noneMatch(line -> line.contains("-secret"));
    }

    private String send(String request) {
        try (RawClient client = new RawClient(gateway)) {
            return client.send(request).answer().toString();
        }
    }

    private HttpResponse<String> withToken(String token) {
        return gateway.send(HttpRequest.newBuilder(gateway.uri("/workers")).header("Authorization", "Bearer " + token));
    }
}
