package dev.headgate.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.Cancellation;
import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.engine.LoadFailure;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.ModelRequest;
import dev.headgate.worker.engine.TaskOutcome;
import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OnnxEngineTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path models;

    private OnnxEngine engine;

    @BeforeEach
    void open() {
        Path cache = ModelStore.defaultCacheRoot();
        engine = new OnnxEngine(ModelStore.open(List.of(models), cache), cache, 1);
    }

    @Test
    void meanPoolingTakesTheTextsOwnTokensAndNormalises() throws Exception {
        SyntheticModel.write(models.resolve("plain"));
        try (LoadedModel model = load("plain")) {
            JsonNode raw = succeed(model, "{\"texts\":[\"w0 w1\"],\"normalize\":false}");
            float[] mean = mean(2, 4, 5, 3);
            assertThat(vector(raw.path("embeddings").get(0))).containsExactly(mean, within(1e-6f));
            assertThat(raw.path("dim").asInt()).isEqualTo(SyntheticModel.DIM);
            assertThat(raw.path("tokens").asInt()).isEqualTo(4);
            assertThat(raw.path("model").asText()).isEqualTo("plain");

            JsonNode unit = succeed(model, "{\"texts\":[\"w0 w1\"]}");
            Pooling.normalize(mean);
            assertThat(vector(unit.path("embeddings").get(0))).containsExactly(mean, within(1e-6f));
        }
    }

    @Test
    void bgeModelsTakeTheFirstToken() throws Exception {
        SyntheticModel.write(models.resolve("bge-tiny"));
        try (LoadedModel model = load("bge-tiny")) {
            JsonNode raw = succeed(model, "{\"texts\":[\"w3 w4\"],\"normalize\":false}");
            assertThat(vector(raw.path("embeddings").get(0))).containsExactly(mean(2), within(0f));
        }
    }

    @Test
    void longTextsAreCutUnlessThatIsForbidden() throws Exception {
        SyntheticModel.write(models.resolve("my-minilm"));
        String text = "w1 ".repeat(300).strip();
        try (LoadedModel model = load("my-minilm")) {
            assertThat(succeed(model, "{\"texts\":[\"" + text + "\"]}")
                            .path("tokens")
                            .asInt())
                    .isEqualTo(256);
            assertThat(failure(model, "{\"texts\":[\"w1\",\"" + text + "\"],\"truncate\":false}"))
                    .isEqualTo(new TaskOutcome.Failed(
                            "text_too_long", "texts[1] has 302 tokens (expected: <= 256)", false));
        }
    }

    @Test
    void badParametersNameWhatIsWrong() throws Exception {
        SyntheticModel.write(models.resolve("plain"));
        try (LoadedModel model = load("plain")) {
            assertThat(failure(model, "{\"texts\":[\"w1\",\"\"],\"strict\":true}"))
                    .isEqualTo(new TaskOutcome.Failed("empty_text", "texts[1] is empty", false));
            assertThat(failure(model, "{\"texts\":[\"w1\",7]}").message()).isEqualTo("texts[1] is not a string");
            assertThat(failure(model, "{}").message()).startsWith("texts is missing");
            assertThat(failure(model, "[").code()).isEqualTo("invalid_parameters");
            assertThat(failure(model, "{\"texts\":[],\"encoding\":\"xml\"}").message())
                    .startsWith("encoding is unknown");
            assertThat(succeed(model, "{\"texts\":[]}").toString())
                    .isEqualTo("{\"embeddings\":[],\"dim\":4,\"tokens\":0,\"model\":\"plain\"}");
        }
    }

    @Test
    void base64CarriesTheSameFloatsLittleEndian() throws Exception {
        SyntheticModel.write(models.resolve("plain"));
        try (LoadedModel model = load("plain")) {
            float[] plain = vector(
                    succeed(model, "{\"texts\":[\"w5\"]}").path("embeddings").get(0));
            byte[] bytes = succeed(model, "{\"texts\":[\"w5\"],\"encoding\":\"base64\"}")
                    .path("embeddings_base64")
                    .get(0)
                    .binaryValue();
            float[] decoded = new float[SyntheticModel.DIM];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(decoded);
            assertThat(decoded).isEqualTo(plain);
        }
    }

    @Test
    void tokenizeGivesWholeTextsAndUnpairedSurrogatesAreReplaced() throws Exception {
        SyntheticModel.write(models.resolve("plain"));
        try (LoadedModel model = load("plain")) {
            TaskOutcome outcome =
                    run(model, "tokenize", "{\"texts\":[\"w0 w9 x\",\"\",\"\\ud800\"]}", new Cancellation());
            JsonNode json = json(outcome);
            assertThat(json.path("ids").toString()).isEqualTo("[[2,4,13,1,3],[2,3],[2,1,3]]");
            assertThat(json.path("counts").toString()).isEqualTo("[5,2,3]");
        }
        assertThat(Tokenizer.wellFormed("a\ud83d\ude00b\udc00\ud800")).isEqualTo("a\ud83d\ude00b\ufffd\ufffd");
    }

    @Test
    void batchOfTasksGivesWhatEachGivesAlone() throws Exception {
        SyntheticModel.write(models.resolve("plain"), 2, 8, false);
        try (LoadedModel model = load("plain")) {
            List<String> parameters = List.of(
                    "{\"texts\":[\"w1\",\"w2 w3 w4 w5 w6 w7\"]}",
                    "{\"texts\":[\"w9\",5]}",
                    "{\"texts\":[\"w8 w8\"],\"normalize\":false}");
            List<TaskOutcome> together = model.run(parameters.stream()
                    .map(text -> new EngineTask("embed_texts", ByteString.copyFromUtf8(text), new Cancellation()))
                    .toList());

            for (int i = 0; i < parameters.size(); i++) {
                TaskOutcome alone = run(model, "embed_texts", parameters.get(i), new Cancellation());
                assertThat(content(together.get(i))).isEqualTo(content(alone));
            }
        }
    }

    @Test
    void quantisedGraphsAreRecognisedWithoutReadingTheirWeights() throws Exception {
        SyntheticModel.write(models.resolve("a"), 1, 4, false);
        SyntheticModel.write(models.resolve("b"), 1, 4, true);
        assertThat(GraphOperators.read("a", models.resolve("a/model.onnx")))
                .containsExactlyInAnyOrder("Gather", "MatMul");
        assertThat(GraphOperators.read("b", models.resolve("b/model.onnx"))).contains("DynamicQuantizeLinear");
    }

    @Test
    void cancelStopsARunInsideTheRuntime() throws Exception {
        SyntheticModel.write(models.resolve("slow"), 4_000, 512, false);
        try (LoadedModel model = load("slow")) {
            Cancellation cancellation = new Cancellation();
            String texts = "{\"texts\":[\"" + "w1 ".repeat(500) + "\"]}";
            CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
            Thread runner =
                    Thread.ofPlatform().start(() -> outcome.complete(run(model, "embed_texts", texts, cancellation)));
            while (!isInside(OrtSession.class, runner)) {
                Thread.onSpinWait();
            }
            cancellation.cancel();
            long from = System.nanoTime();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new TaskOutcome.Cancelled());
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from)).isLessThan(2_000);
        }
    }

    @Test
    void filesThatAreNoModelsSayWhichAndWhatToDo() throws Exception {
        SyntheticModel.write(models.resolve("cut"));
        byte[] whole = Files.readAllBytes(models.resolve("cut/model.onnx"));
        Files.write(models.resolve("cut/model.onnx"), Arrays.copyOf(whole, whole.length / 2));
        assertFails("cut", "model cut: ", models.resolve("cut/model.onnx").toString(), "replace it");

        SyntheticModel.write(models.resolve("words"));
        Files.writeString(models.resolve("words/tokenizer.json"), "{}");
        assertFails("words", "model words: tokenizer " + models.resolve("words/tokenizer.json"), "replace it");
        Files.delete(models.resolve("words/tokenizer.json"));
        assertFails("words", "is missing or unreadable");

        Files.createDirectories(models.resolve("text"));
        Files.writeString(models.resolve("text/model.onnx"), "this is not a model");
        Files.copy(models.resolve("cut/tokenizer.json"), models.resolve("text/tokenizer.json"));
        assertFails("text", "model text: ");
    }

    @Test
    void predictionIsTheFileAndWhatASessionNeeds() throws Exception {
        SyntheticModel.write(models.resolve("plain"));
        long bytes = Files.size(models.resolve("plain/model.onnx"));
        assertThat(engine.predictBytes(new ModelRequest("plain", "", 0)))
                .isEqualTo(Math.round(1.15 * bytes) + 16_000_000);
        assertThat(engine.predictBytes(new ModelRequest("bge-small-en-v15-q", "", 0)))
                .isEqualTo(Math.round(1.15 * 34_014_426) + 16_000_000);
    }

    private static boolean isInside(Class<?> type, Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(type.getName()) && frame.isNativeMethod());
    }

    private void assertFails(String label, String... sentence) {
        assertThatThrownBy(() -> load(label))
                .isInstanceOf(LoadFailure.class)
                .satisfies(failure -> assertThat(failure.getMessage()).contains(sentence));
    }

    private LoadedModel load(String label) throws Exception {
        return engine.load(new ModelRequest(label, "", 0));
    }

    private static JsonNode succeed(LoadedModel model, String parameters) throws IOException {
        return json(run(model, "embed_texts", parameters, new Cancellation()));
    }

    private static TaskOutcome.Failed failure(LoadedModel model, String parameters) {
        return (TaskOutcome.Failed) run(model, "embed_texts", parameters, new Cancellation());
    }

    private static TaskOutcome run(LoadedModel model, String type, String parameters, Cancellation cancellation) {
        return model.run(List.of(new EngineTask(type, ByteString.copyFromUtf8(parameters), cancellation)))
                .getFirst();
    }

    private static JsonNode json(TaskOutcome outcome) throws IOException {
        assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
        return JSON.readTree(((TaskOutcome.Succeeded) outcome).json().newInput());
    }

    private static Object content(TaskOutcome outcome) {
        return outcome instanceof TaskOutcome.Succeeded succeeded ? succeeded.json() : outcome;
    }

    private static float[] mean(int... ids) {
        float[] mean = new float[SyntheticModel.DIM];
        for (int column = 0; column < mean.length; column++) {
            for (int id : ids) {
                mean[column] += SyntheticModel.table(id, column) / ids.length;
            }
        }
        return mean;
    }

    private static float[] vector(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
