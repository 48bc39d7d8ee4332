package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chat completions, and the older completions where the text stands alone. */
final class ChatDialect implements Dialect {
    private static final long CREATED = 1_700_000_000L;

    private final String id;
    private final String model;
    private final List<String> tokens;
    private final boolean isChat;
    private final boolean wantsUsage;

    ChatDialect(String id, String model, List<String> tokens, JsonNode request, boolean isChat) {
        this.id = (isChat ? "chatcmpl-" : "cmpl-") + id;
        this.model = model;
        this.tokens = tokens;
        this.isChat = isChat;
        this.wantsUsage = request.path("stream_options").path("include_usage").asBoolean();
    }

    @Override
    public List<String> opening() {
        if (!isChat) {
            return List.of();
        }
        ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
        return List.of(Dialect.data(chunk(choice(delta, null))));
    }

    @Override
    public String token(String token) {
        return Dialect.data(chunk(choice(Json.object().put("content", token), null)));
    }

    @Override
    public List<String> closing() {
        List<String> events = new ArrayList<>();
        events.add(Dialect.data(chunk(choice(Json.object(), "stop"))));
        if (wantsUsage) {
            ObjectNode last = chunk();
            last.putArray("choices");
            events.add(Dialect.data(last.set("usage", usage())));
        }
        return events;
    }

    @Override
    public boolean endsWithDone() {
        return true;
    }

    @Override
    public String whole() {
        ObjectNode document = Json.object();
        document.put("id", id).put("object", isChat ? "chat.completion" : "text_completion");
        document.put("created", CREATED).put("model", model);
        String text = String.join("", tokens);
        ObjectNode choice = document.putArray("choices").addObject().put("index", 0);
        if (isChat) {
            choice.putObject("message").put("role", "assistant").put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.putNull("logprobs").put("finish_reason", "stop");
        return Json.text(document.set("usage", usage()));
    }

    private ObjectNode choice(ObjectNode delta, @Nullable String finish) {
        ObjectNode choice = Json.object().put("index", 0);
        if (isChat) {
            choice.set("delta", delta);
        } else {
            choice.put("text", delta.path("content").asText());
        }
        return choice.put("finish_reason", finish);
    }

    private ObjectNode chunk(ObjectNode choice) {
        ObjectNode chunk = chunk();
        chunk.putArray("choices").add(choice);
        return chunk;
    }

    private ObjectNode chunk() {
        return Json.object()
                .put("id", id)
                .put("object", isChat ? "chat.completion.chunk" : "text_completion")
                .put("created", CREATED)
                .put("model", model);
    }

    private ObjectNode usage() {
        int prompt = CanonicalAnswer.promptTokens(model);
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", tokens.size())
                .put("total_tokens", prompt + tokens.size());
    }
}
