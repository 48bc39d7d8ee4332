package dev.headgate.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.Cancellation;
import dev.headgate.worker.engine.EngineTask;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.ModelRequest;
import dev.headgate.worker.engine.TaskOutcome;
import dev.headgate.worker.store.ModelFiles;
import dev.headgate.worker.store.ModelStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares vectors with an independent run in Python on the same machine, see reference_vectors.py. */
class VectorAgreementTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** What differs in rounding between two ways to sum, far below what changes a ranking. */
    private static final double MAX_DIFFERENCE = 1e-5;

    private static final List<String> TEXTS = List.of(
            "What is the capital of France?",
            "Paris is the capital and largest city of France.",
            "query: how do I reset my password",
            "passage: Open the settings page and choose \"reset password\".",
            "the quick brown fox jumps over the lazy dog",
            "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG",
            " ",
            ".",
            "a",
            "今天天气很好，我们去公园散步吧。",
            "模型推理网关把请求分配给最合适的后端。",
            "混合 English 和中文 mixed in one line",
            "日本語のテキストも少し含めます。",
            "Grüße aus Köln, naïve café résumé",
            "Ελληνικά και кириллица вместе",
            "emoji 😀🚀 and family 👨‍👩‍👧‍👦 and flag 🇩🇪",
            "tabs\tand\nnew lines\r\n and  double  spaces",
            "numbers 3.14159, 1,000,000 and -42e-7",
            "https://example.com/path?query=1&other=2#fragment",
            "def f(x): return [i ** 2 for i in range(x)]  # code",
            "supercalifragilisticexpialidocious antidisestablishmentarianism",
            "w".repeat(150),
            "The gate picks an endpoint, when there is room, and what to do if that fails. ".repeat(6),
            "word ".repeat(600));

    @ParameterizedTest
    @CsvSource({
        "all-minilm-l6-v2-q, mean, 256",
        "bge-small-en-v15-q, first, 512",
        "e5-small-v2-q, mean, 512",
        "all-minilm-l6-v2, mean, 256",
        "bge-small-zh-v15, first, 512",
        "bge-small-en-v15, first, 512",
        "e5-small-v2, mean, 512",
    })
    void vectorsAgreeWithTheReferenceAloneAndInABatch(String label, String pooling, int maxTokens) throws Exception {
        Path cache = ModelStore.defaultCacheRoot();
        ModelStore store = ModelStore.open(List.of(), cache);
        ModelFiles files = store.ensure(label, System.err::println);
        JsonNode reference = reference(files, pooling, maxTokens);
        List<float[]> single = new ArrayList<>();
        JsonNode batch;
        try (LoadedModel model = new OnnxEngine(store, cache, 2).load(new ModelRequest(label, "", 0))) {
            for (String text : TEXTS) {
                single.add(vector(embed(model, List.of(text)).path("embeddings").get(0)));
            }
            batch = embed(model, TEXTS);
        }

        assertThat(batch.path("tokens").asInt()).isEqualTo(sum(reference.path("tokens")));
        for (int i = 0; i < TEXTS.size(); i++) {
            double[] expected = doubles(reference.path("vectors").get(i));
            assertThat(difference(single.get(i), expected))
                    .as("%s, text %d alone", label, i)
                    .isLessThanOrEqualTo(MAX_DIFFERENCE);
            assertThat(vector(batch.path("embeddings").get(i)))
                    .as("%s, text %d in a batch", label, i)
                    .isEqualTo(single.get(i));
        }
    }

    private static JsonNode embed(LoadedModel model, List<String> texts) throws IOException {
        ByteString parameters = ByteString.copyFrom(JSON.writeValueAsBytes(Map.of("texts", texts)));
        TaskOutcome outcome = model.run(List.of(new EngineTask("embed_texts", parameters, new Cancellation())))
                .getFirst();
        assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
        return JSON.readTree(((TaskOutcome.Succeeded) outcome).json().newInput());
    }

    private static JsonNode reference(ModelFiles files, String pooling, int maxTokens) throws Exception {
        Path python = peers().resolve("python/bin/python");
        assertThat(python)
                .as("the Python of the reference is missing; `./headgate test` sets it up, or set HEADGATE_PEERS")
                .exists();
        Process process = new ProcessBuilder(
                        python.toString(),
                        Path.of("src/test/python/reference_vectors.py")
                                .toAbsolutePath()
                                .toString(),
                        files.model().toString(),
                        files.tokenizer().toString(),
                        pooling,
                        Integer.toString(maxTokens))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(JSON.writeValueAsBytes(TEXTS));
        }
        try (InputStream out = process.getInputStream()) {
            JsonNode answer = JSON.readTree(out.readAllBytes());
            assertThat(process.waitFor()).as("exit code of the reference").isZero();
            return answer;
        }
    }

    private static Path peers() {
        String peers = System.getenv("HEADGATE_PEERS");
        return peers != null && !peers.isBlank() ? Path.of(peers) : repository().resolve(".build/peers");
    }

    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        Path parent = here.getParent();
        return parent != null && Files.exists(parent.resolve("pom.xml")) ? parent : here;
    }

    private static int sum(JsonNode numbers) {
        int sum = 0;
        for (JsonNode number : numbers) {
            sum += number.asInt();
        }
        return sum;
    }

    private static double difference(float[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double max = 0;
        for (int i = 0; i < actual.length; i++) {
            max = Math.max(max, Math.abs(actual[i] - expected[i]));
        }
        return max;
    }

    private static float[] vector(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }

    private static double[] doubles(JsonNode numbers) {
        double[] values = new double[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).asDouble();
        }
        return values;
    }
}
