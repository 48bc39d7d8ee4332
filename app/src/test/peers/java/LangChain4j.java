import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** LangChain4j, on the JDK's HTTP client as it comes, in the hands of {@link Peer}. */
final class LangChain4j implements Peer.Client {
    private final String baseUrl;

    private LangChain4j(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public static void main(String[] args) throws Exception {
        Peer.run(Map.of("langchain4j", new LangChain4j(args[0] + "/v1")), List.of(args).subList(1, args.length));
    }

    @Override
    public String chat(String model) {
        return OpenAiChatModel.builder()
                .baseUrl(baseUrl)
                .apiKey("unused")
                .modelName(model)
                .build()
                .chat(Peer.ASKED);
    }

    @Override
    public void stream(String model, Peer.Seen seen) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        OpenAiStreamingChatModel.builder()
                .baseUrl(baseUrl)
                .apiKey("unused")
                .modelName(model)
                .build()
                .chat(Peer.ASKED, new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                        if (seen.isEnough(piece.text())) {
                            context.streamingHandle().cancel();
                            over.countDown();
                        }
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        seen.put("model", String.valueOf(response.modelName()));
                        seen.put(
                                "finish", String.valueOf(response.finishReason()).toLowerCase());
                        if (response.tokenUsage() != null) {
                            seen.put("tokens", response.tokenUsage().outputTokenCount());
                        }
                        over.countDown();
                    }

                    @Override
                    public void onError(Throwable e) {
                        seen.failed(e);
                        over.countDown();
                    }
                });
        over.await();
    }

    @Override
    public List<List<Float>> embed(String model) {
        return OpenAiEmbeddingModel.builder()
                .baseUrl(baseUrl)
                .apiKey("unused")
                .modelName(model)
                .build()
                .embedAll(Peer.TEXTS.stream().map(TextSegment::from).toList())
                .content()
                .stream()
                .map(Embedding::vectorAsList)
                .toList();
    }
}
