package example;

import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** An application that asks one server. */
final class Before {
    private Before() {}

    static OpenAiChatModel connect(OpenAiChatOptions options) {
        // begin: before
        OpenAiChatModel model = OpenAiChatModel.builder().options(options).build();
        // end
        return model;
    }
}
