package example;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;

/** An application that asks one server. */
final class Before {
    private Before() {}

    static OpenAIClient connect(String key) {
        // begin: before
        OpenAIClient openai = OpenAIOkHttpClient.builder().apiKey(key).build();
        // end
        return openai;
    }
}
