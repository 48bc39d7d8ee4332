package dev.headgate.lab.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * One JSON object per request with {@code timestamp} in seconds, one of {@code hash_ids} per 16 tokens, and the conversation
 * as {@code chat_id} and {@code parent_chat_id}, −1 for the first turn.
 */
final class BailianReader implements LineReader {
    private static final String ROOT = "-1";

    private final JsonLine json = new JsonLine("hash_ids");
    private final TraceBuilder trace;
    private final HashedPrompt prompts;
    private final Map<String, Integer> requests = new HashMap<>(); // by chat id
    private final Map<Integer, String> parents = new HashMap<>();

    BailianReader(TraceBuilder trace, boolean skipBad) {
        this.trace = trace;
        prompts = new HashedPrompt(trace, skipBad);
    }

    @Override
    public void read(String line, int number) {
        json.read(line);
        String chat = json.text("chat_id");
        if (chat == null) {
            throw new BadTraceException("no chat_id (expected: the number of the call)");
        }
        int request = prompts.add(
                Fields.micros("timestamp", json.text("timestamp"), 1),
                Fields.promptTokens("input_length", json.text("input_length")),
                Fields.answerTokens("output_length", json.text("output_length")),
                json.ids());
        requests.put(chat, request);
        String parent = json.text("parent_chat_id", ROOT);
        if (!parent.equals(ROOT)) {
            parents.put(request, parent);
        }
        trace.label("", json.text("model", ""), "", 0);
    }

    /** A parent outside the file is no mistake: files are cut out of longer records. */
    @Override
    public void finish() {
        parents.forEach((request, parent) -> {
            Integer earlier = requests.get(parent);
            if (earlier != null && earlier < request) {
                trace.follows(request, earlier, 0);
            }
        });
    }

    @Override
    public int cut() {
        return prompts.cut();
    }
}
