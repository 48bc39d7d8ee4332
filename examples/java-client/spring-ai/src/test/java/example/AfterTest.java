package example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Calls use the synchronous client of openai-java and streams the asynchronous one. */
@Timeout(60)
class AfterTest {
    /** How Spring AI is told. */
    enum Way {
        ADAPTER {
            @Override
            OpenAiChatModel connect(OpenAiChatOptions options, FailoverClient failover) {
                return After.connect(options, "key", failover);
            }
        },
        INTERCEPTOR {
            @Override
            OpenAiChatModel connect(OpenAiChatOptions options, FailoverClient failover) {
                return AfterWithInterceptor.connect(options, failover);
            }
        };

        abstract OpenAiChatModel connect(OpenAiChatOptions options, FailoverClient failover);
    }

    private FakeServer first;
    private FakeServer second;

    @BeforeEach
    void start() throws IOException {
        first = FakeServer.start();
        second = FakeServer.start();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private FailoverClient failover(String url) {
        return FailoverClient.builder()
                .backends(Backend.of(url, 1), Backend.of(second.url(), 2))
                .build();
    }

    private static OpenAiChatModel model(Way way, FailoverClient failover) {
        OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
        options.apiKey("key").model("m").maxRetries(0);
        return way.connect(options.build(), failover);
    }

    private static String streamed(OpenAiChatModel model) {
        List<String> words = model.stream("count").collectList().block();
        return words == null ? "" : String.join("", words);
    }

    @ParameterizedTest
    @CsvSource({"ADAPTER,THROTTLED", "ADAPTER,UNAVAILABLE", "INTERCEPTOR,THROTTLED", "INTERCEPTOR,UNAVAILABLE"})
    void theSecondServerAnswersWhenTheFirstDoesNot(Way way, FakeServer.Fault fault) {
        try (FailoverClient failover = failover(first.url())) {
            OpenAiChatModel model = model(way, failover);
            first.fails(fault);
            assertThat(model.call("count")).isEqualTo("one two three");
            assertThat(first.requests()).isEqualTo(1);
            assertThat(second.requests()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"ADAPTER,THROTTLED", "ADAPTER,UNAVAILABLE", "INTERCEPTOR,THROTTLED", "INTERCEPTOR,UNAVAILABLE"})
    void theSecondServerStreamsWhenTheFirstDoesNot(Way way, FakeServer.Fault fault) {
        try (FailoverClient failover = failover(first.url())) {
            OpenAiChatModel model = model(way, failover);
            first.fails(fault);
            assertThat(streamed(model)).isEqualTo("one two three");
            assertThat(first.requests()).isEqualTo(1);
            assertThat(second.requests()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSecondServerAnswersWhenTheFirstIsNotThere(Way way) {
        try (FailoverClient failover = failover(FakeServer.nobody())) {
            OpenAiChatModel model = model(way, failover);
            assertThat(model.call("count")).isEqualTo("one two three");
            assertThat(streamed(model)).isEqualTo("one two three");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatIsCutGoesOnWithoutASecondAnswer(Way way) {
        try (FailoverClient failover = failover(first.url())) {
            first.fails(FakeServer.Fault.CUT);
            assertThat(streamed(model(way, failover))).isEqualTo("one two three");
            assertThat(first.requests()).isEqualTo(1);
            assertThat(second.requests()).isEqualTo(1);
        }
    }
}
