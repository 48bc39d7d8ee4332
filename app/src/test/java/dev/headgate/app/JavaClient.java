package dev.headgate.app;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import java.util.List;

/** What openai-java makes of a server; the twin of the scripts in {@code src/test/peers}. */
final class JavaClient {
    private JavaClient() {}

    static EmbeddingsSeen look(String baseUrl, String fullUrl, String model) {
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(baseUrl).apiKey("unused").build();
        OpenAIClient full = OpenAIOkHttpClient.builder()
                .baseUrl(fullUrl)
                .apiKey("unused")
                .maxRetries(0)
                .build();
        try {
            EmbeddingCreateParams hello =
                    EmbeddingCreateParams.builder().model(model).input("hello").build();
            CreateEmbeddingResponse plain = client.embeddings().create(hello);
            CreateEmbeddingResponse array = client.embeddings()
                    .create(hello.toBuilder()
                            .inputOfArrayOfStrings(EmbeddingsSeen.TEXTS)
                            .build());
            return new EmbeddingsSeen(
                    plain.data().getFirst().embedding(),
                    encoded(client, hello, EncodingFormat.FLOAT).embedding(),
                    encoded(client, hello, EncodingFormat.BASE64).embedding(),
                    array.data().stream().map(Embedding::embedding).toList(),
                    plain.usage().promptTokens(),
                    array.usage().totalTokens(),
                    trouble(client, hello.toBuilder().model("no-such-model").build()),
                    trouble(client, hello.toBuilder().input("").build()),
                    trouble(full, hello));
        } finally {
            client.close();
            full.close();
        }
    }

    private static Embedding encoded(OpenAIClient client, EmbeddingCreateParams hello, EncodingFormat format) {
        return client.embeddings()
                .create(hello.toBuilder().encodingFormat(format).build())
                .data()
                .getFirst();
    }

    private static EmbeddingsSeen.Trouble trouble(OpenAIClient client, EmbeddingCreateParams request) {
        try {
            var _ = client.embeddings().create(request);
            return new EmbeddingsSeen.Trouble("none", 200, "", "", "");
        } catch (OpenAIServiceException e) {
            List<String> retryAfter = e.headers().values("retry-after");
            return new EmbeddingsSeen.Trouble(
                    e.getClass().getSimpleName(),
                    e.statusCode(),
                    String.valueOf(e.getMessage()),
                    e.code().orElse(""),
                    retryAfter.isEmpty() ? "" : retryAfter.getFirst());
        }
    }
}
