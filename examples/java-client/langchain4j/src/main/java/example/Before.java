package example;

import dev.langchain4j.model.openai.OpenAiChatModel;

/** An application that asks one server. */
final class Before {
    private Before() {}

    static OpenAiChatModel connect(String key) {
        // begin: before
        OpenAiChatModel model = OpenAiChatModel.builder().modelName("gpt-5-mini").apiKey(key).build();
        // end
        return model;
    }
}
