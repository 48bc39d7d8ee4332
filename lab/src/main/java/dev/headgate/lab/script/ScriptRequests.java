package dev.headgate.lab.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.core.pick.RequestMetadata;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.PromptHasher;
import dev.headgate.core.time.Deadline;
import java.nio.charset.StandardCharsets;

/** The script's requests, as they are written in it. */
final class ScriptRequests {
    private static final long PREFERRED_BYTES_PER_TOKEN = 4;

    private ScriptRequests() {}

    /** Reads the request of a line at {@code nowNanos}; {@code number} is its own, from 1. */
    static ScriptCall read(Fields fields, long nowNanos, long number) {
        fields.only(
                "do",
                "id",
                "model",
                "session",
                "tenant",
                "priority",
                "deadlineMs",
                "tokens",
                "blocks",
                "prompt",
                "messages",
                "createdAt",
                "cancelAt",
                "serviceMs",
                "streaming");
        String id = fields.text("id");
        String model = fields.text("model", "");
        int priority = (int) fields.count("priority", 0, Integer.MIN_VALUE);
        if (priority < InferenceRequest.MIN_PRIORITY || priority > InferenceRequest.MAX_PRIORITY) {
            throw fields.bad("priority", InferenceRequest.MIN_PRIORITY + " to " + InferenceRequest.MAX_PRIORITY);
        }
        long created = fields.millis("createdAt", nowNanos);
        Deadline deadline = fields.has("deadlineMs")
                ? new Deadline(created + fields.millis("deadlineMs", 0), true)
                : Deadline.NEVER;
        InferenceRequest request = InferenceRequest.of(id, model, "chat")
                .asTenant(fields.text("tenant", InferenceRequest.ANYONE), priority)
                .withDeadline(deadline)
                .withPrompt(prompt(fields, model));
        RequestMetadata metadata = new RequestMetadata(
                id,
                number,
                "chat",
                "",
                "",
                model,
                fields.text("session", ""),
                fields.flag("streaming", false),
                RequestMetadata.Protocol.HTTP,
                request.tenant(),
                priority,
                deadline);
        ScriptCall call = new ScriptCall(request, metadata, fields.millis("serviceMs", -1));
        call.createdAt(created);
        return call;
    }

    private static Prompt prompt(Fields fields, String model) {
        if (fields.has("blocks")) {
            long[] blocks = fields.hashes("blocks");
            return new Prompt(
                    fields.small("tokens", blocks.length * PromptHasher.BLOCK_TOKENS),
                    PromptHasher.BLOCK_TOKENS,
                    blocks);
        }
        String text = text(fields);
        if (text.isEmpty()) {
            return new Prompt(fields.small("tokens", 0), PromptHasher.BLOCK_TOKENS, new long[0]);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PromptHasher hasher = new PromptHasher().start(model);
        hasher.update(bytes, 0, bytes.length);
        Prompt hashed = hasher.prompt();
        long[] blocks = new long[hashed.blocks()];
        for (int k = 0; k < blocks.length; k++) {
            blocks[k] = hashed.block(k);
        }
        int estimated = (int) ((bytes.length + PREFERRED_BYTES_PER_TOKEN - 1) / PREFERRED_BYTES_PER_TOKEN);
        return new Prompt(fields.small("tokens", estimated), PromptHasher.BLOCK_TOKENS, blocks);
    }

    private static String text(Fields fields) {
        StringBuilder text = new StringBuilder(fields.text("prompt", ""));
        for (JsonNode message : fields.list("messages")) {
            Fields one = new Fields("messages", message).only("role", "content");
            text.append(one.text("role", ""))
                    .append('\n')
                    .append(one.text("content", ""))
                    .append('\n');
        }
        return text.toString();
    }
}
