package example;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.openai.FailoverHttpClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** The same application over two servers: Spring AI calls with the first client and streams with the second. */
final class After {
    private After() {}

    static OpenAiChatModel connect(OpenAiChatOptions options, String key, FailoverClient failover) {
        // begin: after
        OpenAIClient openai = new OpenAIClientImpl(
                ClientOptions.builder().apiKey(key).httpClient(FailoverHttpClient.over(failover)).build());
        OpenAiChatModel model = OpenAiChatModel.builder()
                .options(options).openAiClient(openai).openAiClientAsync(openai.async()).build();
        // end
        return model;
    }
}
