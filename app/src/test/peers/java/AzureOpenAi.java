import com.azure.ai.openai.OpenAIAsyncClient;
import com.azure.ai.openai.OpenAIClientBuilder;
import com.azure.ai.openai.models.ChatChoice;
import com.azure.ai.openai.models.ChatCompletions;
import com.azure.ai.openai.models.ChatCompletionsOptions;
import com.azure.ai.openai.models.ChatRequestUserMessage;
import com.azure.ai.openai.models.EmbeddingItem;
import com.azure.ai.openai.models.EmbeddingsOptions;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.AddHeadersPolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.rest.RequestOptions;
import com.azure.core.util.BinaryData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The Azure SDK's client in the hands of {@link Peer}. It refuses key credentials over plain HTTP, so there its
 * key is set by a policy in a pipeline made by hand.
 */
final class AzureOpenAi implements Peer.Client {
    private final OpenAIAsyncClient client;

    private AzureOpenAi(OpenAIAsyncClient client) {
        this.client = client;
    }

    public static void main(String[] args) throws Exception {
        OpenAIClientBuilder builder = new OpenAIClientBuilder().endpoint(args[0]);
        if (args[0].startsWith("https:")) {
            builder.credential(new AzureKeyCredential("unused"));
        } else {
            builder.pipeline(plainPipeline());
        }
        Peer.run(
                Map.of("azure-openai", new AzureOpenAi(builder.buildAsyncClient())),
                List.of(args).subList(1, args.length));
    }

    private static HttpPipeline plainPipeline() {
        HttpHeaders key = new HttpHeaders().set(HttpHeaderName.fromString("api-key"), "unused");
        return new HttpPipelineBuilder()
                .policies(new RetryPolicy(), new AddHeadersPolicy(key))
                .build();
    }

    private static ChatCompletionsOptions asked() {
        return new ChatCompletionsOptions(List.of(new ChatRequestUserMessage(Peer.ASKED)));
    }

    @Override
    public String chat(String model) {
        return client.getChatCompletions(model, asked())
                .block()
                .getChoices()
                .getFirst()
                .getMessage()
                .getContent();
    }

    @Override
    public void stream(String model, Peer.Seen seen) {
        client.getChatCompletionsStream(model, asked())
                .takeUntil(chunk -> isEnough(chunk, seen))
                .blockLast();
    }

    /**
     * Cancels the bytes beneath the typed stream: when that one is left, this version of the library goes on reading to
     * the end of the answer.
     */
    @Override
    public void cancel(String model, Peer.Seen seen) {
        String body = """
                {"stream": true, "messages": [{"role": "user", "content": "%s"}]}""".formatted(Peer.ASKED);
        client.getChatCompletionsWithResponse(model, BinaryData.fromString(body), new RequestOptions())
                .flatMapMany(response -> response.getValue().toFluxByteBuffer())
                .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
                .filter(bytes -> bytes.contains("\"content\":"))
                .takeUntil(seen::isEnough)
                .blockLast();
    }

    private static boolean isEnough(ChatCompletions chunk, Peer.Seen seen) {
        if (chunk.getModel() != null) {
            seen.put("model", chunk.getModel());
        }
        boolean isEnough = false;
        for (ChatChoice choice : chunk.getChoices() == null ? List.<ChatChoice>of() : chunk.getChoices()) {
            if (choice.getFinishReason() != null) {
                seen.put("finish", choice.getFinishReason().toString());
            }
            isEnough |= seen.isEnough(choice.getDelta().getContent());
        }
        return isEnough;
    }

    @Override
    public List<List<Float>> embed(String model) {
        return client.getEmbeddings(model, new EmbeddingsOptions(Peer.TEXTS)).block().getData().stream()
                .map(EmbeddingItem::getEmbedding)
                .toList();
    }
}
