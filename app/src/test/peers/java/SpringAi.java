import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;

/** Spring AI's models in the hands of {@link Peer}. */
final class SpringAi implements Peer.Client {
    private final String baseUrl;

    private SpringAi(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public static void main(String[] args) throws Exception {
        Peer.run(Map.of("spring-ai", new SpringAi(args[0] + "/v1")), List.of(args).subList(1, args.length));
    }

    private OpenAiChatModel chatModel(String model) {
        OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
        options.baseUrl(baseUrl).apiKey("unused").model(model).streamUsage(true);
        return OpenAiChatModel.builder().options(options.build()).build();
    }

    @Override
    public String chat(String model) {
        return chatModel(model).call(Peer.ASKED);
    }

    @Override
    public void stream(String model, Peer.Seen seen) {
        chatModel(model)
                .stream(new Prompt(Peer.ASKED))
                .takeUntil(response -> isEnough(response, seen))
                .blockLast();
    }

    private static boolean isEnough(ChatResponse response, Peer.Seen seen) {
        String model = response.getMetadata().getModel();
        if (model != null && !model.isEmpty()) {
            seen.put("model", model);
        }
        if (response.getMetadata().getUsage().getCompletionTokens() > 0) {
            seen.put("tokens", response.getMetadata().getUsage().getCompletionTokens());
        }
        if (response.getResult() == null) {
            return false;
        }
        String finish = response.getResult().getMetadata().getFinishReason();
        if (finish != null && !finish.isEmpty()) {
            seen.put("finish", finish.toLowerCase());
        }
        return seen.isEnough(response.getResult().getOutput().getText());
    }

    @Override
    public List<List<Float>> embed(String model) {
        OpenAiEmbeddingOptions options = OpenAiEmbeddingOptions.builder()
                .baseUrl(baseUrl)
                .apiKey("unused")
                .model(model)
                .build();
        List<List<Float>> vectors = new ArrayList<>();
        for (float[] vector : OpenAiEmbeddingModel.builder().options(options).build().embed(Peer.TEXTS)) {
            List<Float> numbers = new ArrayList<>();
            for (float number : vector) {
                numbers.add(number);
            }
            vectors.add(numbers);
        }
        return vectors;
    }
}
