package dev.headgate.client.langchain4j;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.testing.ChatServer;
import dev.headgate.client.testing.FirstToken;
import dev.headgate.client.testing.RawServer;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream begins as soon as it would with LangChain4j's own client. */
@Timeout(120)
class StreamStartTest {
    @Test
    void theFirstTokenComesWithinTwoMillisecondsOfADirectCalls() throws IOException {
        try (RawServer server = ChatServer.saying("one ", "two ", "three");
                FailoverClient failover = FailoverClient.builder()
                        .backends(Backend.of(server.url(), 1))
                        .build()) {
            OpenAiStreamingChatModel direct = model(server).build();
            OpenAiStreamingChatModel ours = model(server)
                    .httpClientBuilder(FailoverHttpClientBuilder.over(failover))
                    .build();
            FirstToken.comesInTime(() -> millisToFirstToken(direct), () -> millisToFirstToken(ours));
        }
    }

    private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder model(RawServer server) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("key")
                .modelName("m");
    }

    private static double millisToFirstToken(OpenAiStreamingChatModel model) {
        CompletableFuture<Long> token = new CompletableFuture<>();
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        long began = System.nanoTime();
        model.chat("hi", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String text) {
                token.complete(System.nanoTime());
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(true);
            }

            @Override
            public void onError(Throwable failure) {
                end.completeExceptionally(failure);
            }
        });
        end.orTimeout(20, TimeUnit.SECONDS).join();
        return (token.join() - began) / 1e6;
    }
}
