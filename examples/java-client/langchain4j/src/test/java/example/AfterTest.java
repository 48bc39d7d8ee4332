package example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AfterTest {
    private FakeServer first;
    private FakeServer second;

    @BeforeEach
    void start() throws Exception {
        first = FakeServer.start();
        second = FakeServer.start();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static FailoverClient over(String one, FakeServer other) {
        return FailoverClient.builder()
                .backends(Backend.of(one, 1), Backend.of(other.url(), 2))
                .build();
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "UNAVAILABLE"})
    void theSecondServerAnswersWhenTheFirstCannot(FakeServer.Fault fault) {
        first.fails(fault);
        try (FailoverClient failover = over(first.url(), second)) {
            assertThat(After.connect("key", failover).chat("count")).isEqualTo("one two three");
        }
        assertThat(first.requests()).isEqualTo(1);
        assertThat(second.requests()).isEqualTo(1);
    }

    @Test
    void theSecondServerAnswersWhenTheFirstIsNotThere() {
        try (FailoverClient failover = over(FakeServer.nobody(), second)) {
            assertThat(After.connect("key", failover).chat("count")).isEqualTo("one two three");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamComesWhole(FakeServer.Fault fault) throws Exception {
        first.fails(fault);
        try (FailoverClient failover = over(first.url(), second)) {
            assertThat(streamed(After.connectStreaming("key", failover))).isEqualTo("one two three");
        }
    }

    private static String streamed(OpenAiStreamingChatModel model) throws Exception {
        StringBuffer tokens = new StringBuffer();
        CompletableFuture<String> whole = new CompletableFuture<>();
        model.chat("count", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String token) {
                tokens.append(token);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response.aiMessage().text());
            }

            @Override
            public void onError(Throwable failure) {
                whole.completeExceptionally(failure);
            }
        });
        assertThat(whole.get(20, TimeUnit.SECONDS)).isEqualTo(tokens.toString());
        return tokens.toString();
    }
}
