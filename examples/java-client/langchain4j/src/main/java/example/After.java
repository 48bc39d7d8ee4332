package example;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.langchain4j.FailoverHttpClientBuilder;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;

/** The same application over two servers. */
final class After {
    private After() {}

    static OpenAiChatModel connect(String key, FailoverClient failover) {
        // begin: after
        OpenAiChatModel model = OpenAiChatModel.builder().modelName("gpt-5-mini").apiKey(key)
                .httpClientBuilder(FailoverHttpClientBuilder.over(failover)).build();
        // end
        return model;
    }

    static OpenAiStreamingChatModel connectStreaming(String key, FailoverClient failover) {
        return OpenAiStreamingChatModel.builder().modelName("gpt-5-mini").apiKey(key)
                .httpClientBuilder(FailoverHttpClientBuilder.over(failover)).build();
    }

    /** Asks OpenAI first, and a deployment of Azure when that is no good. */
    public static void main(String[] question) {
        String key = System.getenv("OPENAI_API_KEY");
        FailoverClient failover = FailoverClient.builder()
                .backends(
                        Backend.of("api.openai.com", 1).withBearerKey(key),
                        Backend.of("oai-east.openai.azure.com", 2)
                                .withPath("/openai")
                                .withApiKey(System.getenv("AZURE_OPENAI_KEY")))
                .build();
        try (failover) {
            System.out.println(connect(key, failover).chat(String.join(" ", question)));
            failover.backends().forEach(System.out::println);
        }
    }
}
