import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** openai-java in the hands of {@link Peer}. */
final class OpenAiJava implements Peer.Client {
    private final OpenAIClient client;

    private OpenAiJava(OpenAIClient client) {
        this.client = client;
    }

    public static void main(String[] args) throws Exception {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(args[0] + "/v1")
                .apiKey("unused")
                .build();
        Peer.run(Map.of("openai-java", new OpenAiJava(client)), List.of(args).subList(1, args.length));
    }

    private static ChatCompletionCreateParams.Builder asked(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(Peer.ASKED);
    }

    @Override
    public String chat(String model) {
        return client.chat()
                .completions()
                .create(asked(model).build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
    }

    @Override
    public void stream(String model, Peer.Seen seen) {
        ChatCompletionCreateParams params = asked(model)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            Iterator<ChatCompletionChunk> chunks = response.stream().iterator();
            while (chunks.hasNext()) {
                if (isEnough(chunks.next(), seen)) {
                    return;
                }
            }
        }
    }

    private static boolean isEnough(ChatCompletionChunk chunk, Peer.Seen seen) {
        seen.put("model", chunk.model());
        chunk.usage().ifPresent(usage -> seen.put("tokens", usage.completionTokens()));
        boolean isEnough = false;
        for (ChatCompletionChunk.Choice choice : chunk.choices()) {
            choice.finishReason().ifPresent(reason -> seen.put("finish", reason.asString()));
            isEnough |= seen.isEnough(choice.delta().content().orElse(""));
        }
        return isEnough;
    }

    @Override
    public List<List<Float>> embed(String model) {
        return client
                .embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(model)
                        .inputOfArrayOfStrings(Peer.TEXTS)
                        .build())
                .data()
                .stream()
                .map(Embedding::embedding)
                .toList();
    }
}
