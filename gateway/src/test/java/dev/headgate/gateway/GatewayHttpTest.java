package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.gateway.http.HttpLimits;
import dev.headgate.worker.protocol.TaskSpec;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/1.1 as clients really speak it, and as they should not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayHttpTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static final int HUNDRED_MEBIBYTES = 100 << 20;
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(30);

    private TestGateway gateway = TestGateway.start();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void announcedBodyOverTheLimitIsRefusedAndTheConnectionCloses() {
        try (RawClient client = new RawClient(gateway)) {
            client.send("POST /run-task HTTP/1.1\nHost: h\nContent-Length: " + HUNDRED_MEBIBYTES + "\n\n");
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                client.send(megabyte);
            }

            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(answer.body()).contains("too_large").contains("the body is larger than 16777216 bytes");
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void chunkedBodyOverTheLimitIsRefusedAndTheConnectionCloses() {
        try (RawClient client = new RawClient(gateway)) {
            client.send("POST /v1/embeddings HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n");
            byte[] size = "100000\r\n".getBytes(StandardCharsets.US_ASCII);
            byte[] megabyte = new byte[(1 << 20) + 2];
            megabyte[1 << 20] = '\r';
            megabyte[(1 << 20) + 1] = '\n';
            for (int i = 0; i < 100; i++) {
                client.send(size).send(megabyte);
            }

            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(TestGateway.json(answer.body())
                            .path("error")
                            .path("type")
                            .asText())
                    .isEqualTo("invalid_request_error");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void ordinaryClientThatSendsTooMuchReadsTheRefusal() {
        HttpResponse<String> answer = gateway.send(HttpRequest.newBuilder(gateway.uri("/run-task"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[20 << 20])));

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void bodyInManyTinyChunksIsReadWhole() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                RawClient client = new RawClient(gateway)) {
            String body = TestGateway.task("m", "sleep", "{\"echo\":\"" + "y".repeat(30_000) + "\"}");
            StringBuilder chunks = new StringBuilder();
            body.chars().forEach(c -> chunks.append("1\n").append((char) c).append('\n'));
            client.send("POST /run-task HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n" + chunks + "0\n\n");

            TaskSpec task = worker.takeTask();
            worker.succeed(task.getLease(), "{}");
            assertThat(task.getPayload().size()).isEqualTo(30_011);
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void headerOverTheLimitIsRefused() {
        try (RawClient header = new RawClient(gateway);
                RawClient line = new RawClient(gateway)) {
            header.send("GET /health HTTP/1.1\nHost: h\nX-Long: " + "x".repeat(66_000) + "\n\n");
            assertThat(header.answer().status()).isEqualTo(431);
            assertThat(header.isClosedByServer()).isTrue();

            line.send("GET /health?" + "x".repeat(66_000) + " HTTP/1.1\nHost: h\n\n");
            assertThat(line.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void whatIsNotHttpIsABadRequest() {
        for (String junk : List.of("hello\n\n", "GET / HTTP/9.x\n\n", "\u0000\u0001\u0002\n\n")) {
            try (RawClient client = new RawClient(gateway)) {
                RawClient.Answer answer = client.send(junk).answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).contains("the request is not valid HTTP");
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @Test
    void lengthAndChunksTogetherAreNotMistakenForTwoRequests() {
        try (RawClient client = new RawClient(gateway)) {
            client.send("""
                    POST /run-task HTTP/1.1
                    Host: h
                    Content-Length: 4
                    Transfer-Encoding: chunked

                    0

                    GET /health HTTP/1.1
                    Host: h

                    """);
            assertThat(client.answer().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /run-task HTTP/1.1;Host: h;Transfer-Encoding: xchunked                            | 400
            POST /run-task HTTP/1.1;Host: h;Transfer-Encoding: gzip, chunked                       | 400
            POST /run-task HTTP/1.1;Host: h;Transfer-Encoding: chunked;Transfer-Encoding: identity | 400
            POST /run-task HTTP/1.0;Host: h;Transfer-Encoding: chunked                             | 400
            GET /health HTTP/1.1;Host: a;Host: b                                                   | 400
            GET /health HTTP/1.1;Accept: */*                                                       | 400
            GET /health HTTP/9.9;Host: h                                                           | 400
            GET @elsewhere/x HTTP/1.1;Host: h                                                      | 400
            CONNECT elsewhere:443 HTTP/1.1;Host: h                                                 | 400
            TRACE /health HTTP/1.1;Host: h                                                         | 405
            """)
    void headThatCouldBeReadInAnotherWayEndsItsConnection(String head, int status) {
        try (RawClient client = new RawClient(gateway)) {
            client.send(head.replace(';', '\n') + "\n\n" + "GET /health HTTP/1.1\nHost: h\n\n");
            assertThat(client.answer().status()).isEqualTo(status);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void headerThatTricklesIsTimedOut() {
        restart(limits -> limits.withTimes(SHORT, LONG, LONG));
        try (RawClient client = new RawClient(gateway)) {
            client.send("GET /health HTTP/1.1\nHost: ");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("the header did not arrive in time");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void bodyThatStallsIsTimedOut() {
        restart(limits -> limits.withTimes(LONG, SHORT, LONG));
        try (RawClient client = new RawClient(gateway)) {
            client.send("POST /run-task HTTP/1.1\nHost: h\nContent-Length: 10\n\n{");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("the body did not arrive in time");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void bodyThatStallsBehindARunningTaskIsTimedOutAfterItsAnswer() {
        restart(limits -> limits.withTimes(LONG, SHORT, LONG));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                RawClient client = new RawClient(gateway)) {
            client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            client.send("POST /run-task HTTP/1.1\nHost: h\nContent-Length: 10\n\n{");
            TaskSpec task = worker.takeTask();
            CompletableFuture.runAsync(
                            () -> worker.succeed(task.getLease(), "{}"),
                            CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS))
                    .join();

            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().status()).isEqualTo(408);
        }
    }

    @Test
    void idleConnectionsAreClosed() {
        restart(limits -> limits.withTimes(LONG, LONG, SHORT));
        try (RawClient silent = new RawClient(gateway);
                RawClient used = new RawClient(gateway)) {
            assertThat(used.get("/health").answer().status()).isEqualTo(200);
            assertThat(silent.isClosedByServer()).isTrue();
            assertThat(used.isClosedByServer()).isTrue();
        }
    }

    @Test
    void connectionIsNotIdleWhileItsTasksRun() {
        restart(limits -> limits.withTimes(LONG, LONG, SHORT));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                RawClient client = new RawClient(gateway)) {
            client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            for (int i = 0; i < 2; i++) {
                TaskSpec task = worker.takeTask();
                CompletableFuture.runAsync(
                                () -> worker.succeed(task.getLease(), "{}"),
                                CompletableFuture.delayedExecutor(800, TimeUnit.MILLISECONDS))
                        .join();
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void clientThatDoesNotReadItsAnswerIsCutOff() {
        restart(limits -> limits.withTimes(LONG, SHORT, LONG));
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                RawClient client = new RawClient(gateway)) {
            client.receiveLittle();
            client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            worker.succeed(worker.takeTask().getLease(), ByteString.copyFrom(new byte[6 << 20]));

            TestGateway.await(
                    "only the worker is connected", () -> gateway.server().openConnections() == 1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        int many = 3000;
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                RawClient client = new RawClient(gateway)) {
            client.post("/run-task", TestGateway.task("m", "sleep", "{}"));
            TaskSpec task = worker.takeTask();
            Thread sender = Thread.ofVirtual()
                    .start(() -> client.send(
                            "GET /health HTTP/1.1\nHost: h\n\n".repeat(many) + "GET /nope HTTP/1.1\nHost: h\n\n"));
            worker.succeed(task.getLease(), "{\"first\":true}");

            assertThat(client.answer().body()).isEqualTo("{\"first\":true}");
            for (int i = 0; i < many; i++) {
                assertThat(client.answer().body()).isEqualTo("{\"message\":\"OK\"}");
            }
            assertThat(client.answer().status()).isEqualTo(404);
            assertThat(sender.isInterrupted()).isFalse();
        }
    }

    @Test
    void expectedContinueIsGivenBeforeTheBody() {
        try (RawClient client = new RawClient(gateway)) {
            client.send("POST /run-task HTTP/1.1\nHost: h\nContent-Length: 2\nExpect: 100-continue\n\n");
            assertThat(client.answer().status()).isEqualTo(100);
            assertThat(client.send("{}").answer().status()).isEqualTo(400);

            client.send("POST /run-task HTTP/1.1\nHost: h\nContent-Length: 99999999\nExpect: 100-continue\n\n");
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void offerOfHttp2WithABodyIsServedAsHttp1() {
        try (FakeWorker worker = FakeWorker.join(gateway, "w1");
                HttpClient upgrading = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            HttpRequest request = HttpRequest.newBuilder(gateway.uri("/run-task"))
                    .POST(HttpRequest.BodyPublishers.ofString(TestGateway.task("m", "sleep", "{}")))
                    .build();
            CompletableFuture<HttpResponse<String>> answer =
                    upgrading.sendAsync(request, HttpResponse.BodyHandlers.ofString());
            worker.succeed(worker.takeTask().getLease(), "{}");

            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void connectionClosesWhenTheClientAsksForIt() {
        try (RawClient close = new RawClient(gateway);
                RawClient old = new RawClient(gateway);
                RawClient oldButKept = new RawClient(gateway)) {
            close.send("GET /health HTTP/1.1\nHost: h\nConnection: close\n\n");
            assertThat(close.answer().headers()).containsEntry("connection", "close");
            assertThat(close.isClosedByServer()).isTrue();

            assertThat(old.send("GET /health HTTP/1.0\n\n").answer().status()).isEqualTo(200);
            assertThat(old.isClosedByServer()).isTrue();

            oldButKept.send("GET /health HTTP/1.0\nConnection: keep-alive\n\n");
            assertThat(oldButKept.answer().headers()).containsEntry("connection", "keep-alive");
            assertThat(oldButKept.get("/health").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void readingStopsWhileAllBodiesTogetherAreTooLargeAndGoesOn() {
        restart(limits -> limits.withBodies(1 << 20, 1 << 20).withTimes(LONG, SHORT, LONG));
        String half = "{\"echo\":\"" + "z".repeat(700_000) + "\"}";
        try (FakeWorker worker = FakeWorker.join(
                        gateway,
                        "w1",
                        hello -> hello.setCapacity(hello.getCapacityBuilder().setRunSlots(4)));
                RawClient first = new RawClient(gateway);
                RawClient second = new RawClient(gateway);
                RawClient third = new RawClient(gateway)) {
            first.post("/run-task", TestGateway.task("m", "sleep", half));
            TaskSpec running = worker.takeTask();
            String task = TestGateway.task("m", "sleep", half);
            byte[] request = ("POST /run-task HTTP/1.1\r\nHost: h\r\nContent-Length: " + task.length() + "\r\n\r\n"
                            + task)
                    .getBytes(StandardCharsets.US_ASCII);
            Thread.ofVirtual().start(() -> second.send(request));
            Thread.ofVirtual().start(() -> third.send(request));
            assertThat(takesATaskWithin(worker, 700))
                    .as("a task while the budget is used up")
                    .isFalse();
            assertThat(gateway.get("/health").statusCode()).isEqualTo(200);

            worker.succeed(running.getLease(), "{}");
            assertThat(first.answer().status()).isEqualTo(200);
            worker.succeed(worker.takeTask().getLease(), "{}");
            worker.succeed(worker.takeTask().getLease(), "{}");
            assertThat(second.answer().status()).isEqualTo(200);
            assertThat(third.answer().status()).isEqualTo(200);
        }
    }

    private static boolean takesATaskWithin(FakeWorker worker, int millis) {
        try {
            return worker.frames().poll(millis, TimeUnit.MILLISECONDS) != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void restart(UnaryOperator<HttpLimits> change) {
        gateway.close();
        gateway = TestGateway.start(options -> options.withHttp(change.apply(HttpLimits.DEFAULTS)));
    }
}
