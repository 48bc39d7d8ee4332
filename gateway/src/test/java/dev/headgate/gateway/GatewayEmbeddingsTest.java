package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.worker.protocol.Bye;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.TaskSpec;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /v1/embeddings}; a text's vector here is its length and a constant. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayEmbeddingsTest {
    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    private static final JsonMapper JSON = new JsonMapper();

    private static TestGateway gateway;

    private FakeWorker worker;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void join() {
        worker = FakeWorker.join(
                gateway,
                "w1",
                hello -> hello.addModels(FakeWorker.ready("m"))
                        .setAnyLabel(false)
                        .addLabels("m"));
    }

    @AfterEach
    void leave() {
        worker.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()));
        TestGateway.await("it has left", () -> gateway.workers().isEmpty());
        worker.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            not json                                                    | null            | the body is not valid JSON
            []                                                          | null            | the body is not a JSON object
            {"model":"m","input":"a"} x                                 | null            | the body
            {"input":"a"}                                               | model           | model is missing
            {"model":1,"input":"a"}                                     | model           | model is not a string
            {"model":"a\\u0001","input":"a"}                            | model           | model is not a model's name
            {"model":"m"}                                               | input           | input is missing
            {"model":"m","input":null}                                  | input           | input is missing
            {"model":"m","input":7}                                     | input           | input is neither a string nor an array
            {"model":"m","input":[]}                                    | input           | input is an empty array
            {"model":"m","input":""}                                    | input           | input[0] is an empty string
            {"model":"m","input":["a",""]}                              | input           | input[1] is an empty string
            {"model":"m","input":["a",true]}                            | input           | input[1] is not a string
            {"model":"m","input":[1,2,3]}                               | input           | check_embedding_ctx_length=False
            {"model":"m","input":[[1,2],[3]]}                           | input           | token ids
            {"model":"m","input":"a","encoding_format":"hex"}           | encoding_format | encoding_format: hex (expected: float or base64)
            {"model":"m","input":"a","encoding_format":1}               | encoding_format | encoding_format is not a string
            {"model":"m","input":"a","dimensions":0}                    | dimensions      | dimensions is not a whole number > 0
            {"model":"m","input":"a","dimensions":"2"}                  | dimensions      | dimensions is not a whole number > 0
            {"model":"m","input":"a","truncate":"yes"}                  | truncate        | truncate is not true or false
            """)
    void badRequestIsRefusedNamingTheParameter(String body, String param, String sentence) {
        HttpResponse<String> answer = gateway.post("/v1/embeddings", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = TestGateway.json(answer).path("error");
        assertThat(error.path("message").asText()).contains(sentence);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").asText("null")).isEqualTo(param == null ? "null" : param);
    }

    @Test
    void moreTextsThanOpenAiTakesAreRefused() {
        HttpResponse<String> answer =
                gateway.post("/v1/embeddings", request(texts(2049)).toString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("input has more than 2048 elements");
    }

    @Test
    void unknownModelIsNotFound() {
        HttpResponse<String> answer = gateway.post("/v1/embeddings", "{\"model\":\"nope\",\"input\":\"a\"}");
        assertThat(answer.statusCode()).isEqualTo(404);
        JsonNode error = TestGateway.json(answer).path("error");
        assertThat(error.path("code").asText()).isEqualTo("model_not_found");
        assertThat(error.path("param").asText()).isEqualTo("model");
    }

    @Test
    void vectorsComeAsNumbersByDefault() {
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"hello\",\"user\":\"u\"}");
        embedNext();

        assertThat(answer.join().statusCode()).isEqualTo(200);
        assertThat(answer.join().body())
                .isEqualTo(
                        "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                                + "\"embedding\":[5.0,0.5]}],\"model\":\"m\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}");
        assertThat(answer.join().headers().firstValue("x-headgate-worker")).contains("w1");
    }

    @Test
    void vectorsComeAsBase64IfAskedFor() {
        CompletableFuture<HttpResponse<String>> answer = gateway.postAsync(
                "/v1/embeddings", "{\"model\":\"m\",\"input\":[\"hello\"],\"encoding_format\":\"base64\"}");
        embedNext();

        String vector = TestGateway.json(answer.join())
                .path("data")
                .path(0)
                .path("embedding")
                .asText();
        assertThat(vector).isEqualTo(base64(5));
    }

    @Test
    void manyTextsAreSplitAndJoinedInOrder() {
        List<String> texts = texts(100);
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", request(texts).toString());
        for (int i = 0; i < 4; i++) {
            embedNext();
        }

        JsonNode json = TestGateway.json(answer.join());
        assertThat(json.path("data")).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(json.path("data").path(i).path("index").asInt()).isEqualTo(i);
            assertThat(json.path("data").path(i).path("embedding").path(0).asInt())
                    .isEqualTo(texts.get(i).length());
        }
        assertThat(json.path("usage").path("total_tokens").asInt()).isEqualTo(300);
    }

    @Test
    void textThatTheWorkerRefusesIsNamedByItsIndexInTheWholeInput() {
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", request(texts(70)).toString());
        embedNext();
        worker.fail(worker.takeTask().getLease(), "text_too_long", "texts[6] has 600 tokens (expected: <= 512)");

        assertThat(answer.join().statusCode()).isEqualTo(400);
        JsonNode error = TestGateway.json(answer.join()).path("error");
        assertThat(error.path("message").asText()).isEqualTo("input[38] has 600 tokens (expected: <= 512)");
        assertThat(error.path("param").asText()).isEqualTo("input");
        TestGateway.await("the third part is taken back", () -> gateway.waiting() == 0);
    }

    @Test
    void truncationAndStrictnessReachTheWorker() throws IOException {
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\",\"truncate\":true}");
        TaskSpec task = worker.takeTask();
        JsonNode parameters = JSON.readTree(task.getPayload().toByteArray());
        assertThat(parameters.path("truncate").asBoolean()).isTrue();
        assertThat(parameters.path("strict").asBoolean()).isTrue();
        assertThat(parameters.path("encoding").asText()).isEqualTo("base64");
        embed(task);
        assertThat(answer.join().statusCode()).isEqualTo(200);
    }

    @Test
    void unpairedSurrogateBecomesAReplacementCharacter() throws IOException {
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\\ud800b\"}");
        TaskSpec task = worker.takeTask();
        assertThat(JSON.readTree(task.getPayload().toByteArray())
                        .path("texts")
                        .path(0)
                        .asText())
                .isEqualTo("a\uFFFDb");
        embed(task);
        assertThat(answer.join().statusCode()).isEqualTo(200);
    }

    @Test
    void dimensionsOfTheModelAreTakenAndOthersRefused() {
        CompletableFuture<HttpResponse<String>> right =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\",\"dimensions\":2}");
        embedNext();
        assertThat(right.join().statusCode()).isEqualTo(200);

        CompletableFuture<HttpResponse<String>> wrong =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\",\"dimensions\":3}");
        embedNext();
        assertThat(wrong.join().statusCode()).isEqualTo(400);
        assertThat(wrong.join().body()).contains("dimensions: 3 (expected: 2, the size of m, or none)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                  | 0 vectors (expected: 1)
            nonsense                                            | it is not JSON
            []                                                  | it is not a JSON object
            {"embeddings_base64":"AAAA","dim":2}                | embeddings_base64 is not an array
            {"embeddings_base64":["AAAA"],"dim":2,"tokens":1}   | a vector of 3 bytes (expected: 2 floats)
            {"embeddings_base64":["!!!!"],"dim":2,"tokens":1}   | it is not JSON with
            """)
    void whatIsNotEmbeddingsIsAnErrorThatNamesTheWorker(String result, String sentence) {
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\"}");
        worker.succeed(worker.takeTask().getLease(), result);

        assertThat(answer.join().statusCode()).isEqualTo(500);
        assertThat(answer.join().body()).contains("worker w1 returned").contains(sentence);
    }

    @Test
    void clientThatLeavesTakesAllPartsAlong() {
        RawClient leaving = new RawClient(gateway);
        leaving.post("/v1/embeddings", request(texts(100)).toString());
        TaskSpec first = worker.takeTask();
        TestGateway.await("three parts wait", () -> gateway.waiting() == 3);
        leaving.abort();
        TestGateway.await("none waits", () -> gateway.waiting() == 0);
        assertThat(worker.await(frame -> frame.hasCancel()).getCancel().getLease())
                .isEqualTo(first.getLease());
        worker.cancelled(first.getLease());
    }

    private void embedNext() {
        embed(worker.takeTask());
    }

    private void embed(TaskSpec task) {
        ObjectNode result = JSON.createObjectNode();
        ArrayNode vectors = result.putArray("embeddings_base64");
        try {
            JsonNode texts = JSON.readTree(task.getPayload().toByteArray()).path("texts");
            texts.forEach(text -> vectors.add(base64(text.asText().length())));
            result.put("dim", 2).put("tokens", 3 * texts.size());
        } catch (IOException e) {
            throw new AssertionError("the task's payload is not JSON", e);
        }
        worker.succeed(task.getLease(), result.toString());
    }

    private static String base64(int length) {
        ByteBuffer vector = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        vector.putFloat(length).putFloat(0.5f);
        return Base64.getEncoder().encodeToString(vector.array());
    }

    private static List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("x".repeat(1 + i));
        }
        return texts;
    }

    private static ObjectNode request(List<String> texts) {
        ObjectNode request = JSON.createObjectNode().put("model", "m");
        texts.forEach(request.withArray("input")::add);
        return request;
    }
}
