package dev.headgate.client.openai;

import com.openai.client.OpenAIClient;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.function.Consumer;

/** The ways in which openai-java asks for a chat completion; each gives what was said to {@code heard}. */
enum OpenAiAsk {
    WHOLE {
        @Override
        void ask(OpenAIClient client, Consumer<String> heard) {
            heard.accept(said(client.chat().completions().create(QUESTION)));
        }
    },
    WHOLE_ASYNC {
        @Override
        void ask(OpenAIClient client, Consumer<String> heard) {
            heard.accept(
                    said(client.async().chat().completions().create(QUESTION).join()));
        }
    },
    STREAM {
        @Override
        void ask(OpenAIClient client, Consumer<String> heard) {
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(QUESTION)) {
                stream.stream().forEach(chunk -> heard.accept(said(chunk)));
            }
        }
    },
    STREAM_ASYNC {
        @Override
        void ask(OpenAIClient client, Consumer<String> heard) {
            AsyncStreamResponse<ChatCompletionChunk> stream =
                    client.async().chat().completions().createStreaming(QUESTION);
            stream.subscribe(chunk -> heard.accept(said(chunk)));
            stream.onCompleteFuture().join();
        }
    };

    static final ChatCompletionCreateParams QUESTION =
            ChatCompletionCreateParams.builder().model("m").addUserMessage("hi").build();

    /** Asks, and returns at the end of the answer; throws what the SDK throws. */
    abstract void ask(OpenAIClient client, Consumer<String> heard);

    boolean streams() {
        return this == STREAM || this == STREAM_ASYNC;
    }

    private static String said(ChatCompletion completion) {
        return completion.choices().get(0).message().content().orElse("");
    }

    private static String said(ChatCompletionChunk chunk) {
        return chunk.choices().get(0).delta().content().orElse("");
    }
}
