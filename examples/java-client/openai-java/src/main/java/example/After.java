package example;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.openai.FailoverHttpClient;

/** The same application over two servers. */
final class After {
    private After() {}

    static OpenAIClient connect(String key, FailoverClient failover) {
        // begin: after
        OpenAIClient openai = new OpenAIClientImpl(
                ClientOptions.builder().apiKey(key).httpClient(FailoverHttpClient.over(failover)).build());
        // end
        return openai;
    }

    /** Asks OpenAI first, and a deployment of Azure when that is no good. */
    public static void main(String[] question) {
        String key = System.getenv("OPENAI_API_KEY");
        String azureKey = System.getenv("AZURE_OPENAI_KEY");
        // begin: backends
        FailoverClient failover = FailoverClient.builder()
                .backends(
                        Backend.of("api.openai.com", 1).withBearerKey(key),
                        Backend.of("oai-east.openai.azure.com", 2).withPath("/openai").withApiKey(azureKey))
                .build();
        // end
        try (failover) {
            OpenAIClient openai = connect(key, failover);
            System.out.println(ask(openai, String.join(" ", question)));
            failover.backends().forEach(System.out::println);
        }
    }

    static String ask(OpenAIClient openai, String question) {
        return openai.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model("gpt-5-mini")
                        .addUserMessage(question)
                        .build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElse("");
    }
}
