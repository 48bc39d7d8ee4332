package dev.headgate.core.stream;

import dev.headgate.core.pool.Backend.Prefill;
import dev.headgate.core.request.JsonCursor;
import dev.headgate.core.request.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Builds the request that asks a backend to go on where another stopped (gateway.md §9). */
final class Continuation {
    private static final byte[] MESSAGES = "messages".getBytes(StandardCharsets.US_ASCII);

    private Continuation() {}

    /** Returns {@code body} with the text as its last message; empty if it has no messages or cannot be continued. */
    static Optional<byte[]> of(ByteBuffer body, byte[] text, int textBytes, Prefill prefill) {
        JsonCursor json = new JsonCursor();
        json.reset(body, body.position(), body.limit());
        int messagesEnd = -1;
        int objectEnd = -1;
        if (prefill != Prefill.NONE && json.enterObject()) {
            while (json.nextKey()) {
                boolean isMessages = json.stringIs(MESSAGES) && json.peek() == '[';
                json.skip();
                messagesEnd = isMessages ? json.index() - 1 : messagesEnd;
            }
            objectEnd = json.index() - 1;
        }
        if (messagesEnd < 0 || !json.isAtEnd()) {
            return Optional.empty();
        }
        byte[] before = ascii(",{\"role\":\"assistant\",\"content\":\"");
        byte[] content = JsonText.encode(text, 0, textBytes);
        byte[] after = ascii(prefill == Prefill.MISTRAL ? "\",\"prefix\":true}" : "\"}");
        byte[] last = ascii(
                prefill == Prefill.VLLM ? ",\"continue_final_message\":true,\"add_generation_prompt\":false" : "");
        int size = body.remaining() + before.length + content.length + after.length + last.length;
        ByteBuffer continued = ByteBuffer.allocate(size);
        copy(body, body.position(), messagesEnd, continued);
        continued.put(before).put(content).put(after);
        copy(body, messagesEnd, objectEnd, continued);
        continued.put(last);
        copy(body, objectEnd, body.limit(), continued);
        return Optional.of(continued.array());
    }

    private static void copy(ByteBuffer from, int start, int end, ByteBuffer to) {
        byte[] bytes = new byte[end - start];
        from.get(start, bytes);
        to.put(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
