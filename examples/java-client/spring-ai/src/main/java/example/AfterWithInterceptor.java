package example;

import dev.headgate.client.FailoverClient;
import dev.headgate.client.okhttp.FailoverInterceptor;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** The same application over two servers, with Spring AI's own HTTP client. */
final class AfterWithInterceptor {
    private AfterWithInterceptor() {}

    static OpenAiChatModel connect(OpenAiChatOptions options, FailoverClient failover) {
        // begin: interceptor
        OpenAiChatModel model = OpenAiChatModel.builder()
                .options(options)
                .httpClientBuilderCustomizer(http -> http.interceptor(FailoverInterceptor.over(failover)))
                .build();
        // end
        return model;
    }
}
