package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The Responses API: named events, numbered, ended by {@code response.completed}. */
final class ResponsesDialect implements Dialect {
    private static final long CREATED = 1_700_000_000L;

    private final String id;
    private final String model;
    private final List<String> tokens;
    private int sequence;

    ResponsesDialect(String id, String model, List<String> tokens) {
        this.id = id;
        this.model = model;
        this.tokens = tokens;
    }

    @Override
    public List<String> opening() {
        ObjectNode created = Json.object().put("type", "response.created");
        created.set("response", response("in_progress"));
        ObjectNode item =
                Json.object().put("type", "response.output_item.added").put("output_index", 0);
        item.set("item", message("in_progress", ""));
        ObjectNode part = part("response.content_part.added");
        part.set("part", outputText(""));
        return List.of(event(created), event(item), event(part));
    }

    @Override
    public String token(String token) {
        return event(part("response.output_text.delta").put("delta", token));
    }

    @Override
    public List<String> closing() {
        String text = String.join("", tokens);
        ObjectNode part = part("response.content_part.done");
        part.set("part", outputText(text));
        ObjectNode item = Json.object().put("type", "response.output_item.done").put("output_index", 0);
        item.set("item", message("completed", text));
        ObjectNode completed = Json.object().put("type", "response.completed");
        completed.set("response", response("completed"));
        return List.of(
                event(part("response.output_text.done").put("text", text)), event(part), event(item), event(completed));
    }

    @Override
    public boolean endsWithDone() {
        return false;
    }

    @Override
    public String whole() {
        return Json.text(response("completed"));
    }

    private String event(ObjectNode event) {
        event.put("sequence_number", sequence++);
        return "event: " + event.path("type").asText() + "\n" + Dialect.data(event);
    }

    private ObjectNode part(String type) {
        return Json.object()
                .put("type", type)
                .put("item_id", "msg_" + id)
                .put("output_index", 0)
                .put("content_index", 0);
    }

    private ObjectNode response(String status) {
        ObjectNode response = Json.object();
        response.put("id", "resp_" + id).put("object", "response").put("created_at", CREATED);
        response.put("status", status).put("model", model).put("parallel_tool_calls", true);
        response.put("tool_choice", "auto").putArray("tools");
        response.putNull("error").putNull("incomplete_details").putNull("instructions");
        var output = response.putArray("output");
        if (status.equals("completed")) {
            output.add(message(status, String.join("", tokens)));
            int input = CanonicalAnswer.promptTokens(model);
            ObjectNode usage = response.putObject("usage").put("input_tokens", input);
            usage.putObject("input_tokens_details").put("cached_tokens", 0);
            usage.put("output_tokens", tokens.size())
                    .putObject("output_tokens_details")
                    .put("reasoning_tokens", 0);
            usage.put("total_tokens", input + tokens.size());
        }
        return response;
    }

    private ObjectNode message(String status, String text) {
        ObjectNode message = Json.object().put("type", "message").put("id", "msg_" + id);
        message.put("status", status).put("role", "assistant");
        var content = message.putArray("content");
        if (status.equals("completed")) {
            content.add(outputText(text));
        }
        return message;
    }

    private static ObjectNode outputText(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        return part;
    }
}
