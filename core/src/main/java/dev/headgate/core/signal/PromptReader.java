package dev.headgate.core.signal;

import dev.headgate.core.request.JsonCursor;
import dev.headgate.core.request.Prompt;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the prompt out of a request's JSON body: tools and instructions first, as engines put them, then of each message
 * the role, the content and the tool calls, or what else the API calls its input. Texts are taken as they stand, so equal
 * prompts of one client hash alike. What is no JSON, or has none of these, is a prompt of which only the length is known.
 *
 * <p>Reused; not thread-safe.
 */
public final class PromptReader {
    private static final byte[] MESSAGES = ascii("messages");
    private static final byte[] ROLE = ascii("role");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] TOOL_CALLS = ascii("tool_calls");

    /** In the order in which engines put them before the messages. */
    private static final byte[][] BEFORE = {
        ascii("cache_salt"), ascii("tools"), ascii("system"), ascii("instructions"), ascii("prompt"), ascii("input")
    };

    private static final byte[][] OF_MESSAGE = {ROLE, CONTENT, TOOL_CALLS};

    private final JsonCursor json = new JsonCursor();
    private final PromptHasher hasher = new PromptHasher();
    private final byte[] piece = new byte[4096];
    private final int[] from = new int[BEFORE.length];
    private final int[] to = new int[BEFORE.length];

    /** Returns the prompt of {@code body}, position to limit, whose blocks mean something only for {@code model}. */
    public Prompt read(ByteBuffer body, String model) {
        hasher.start(model);
        json.reset(body, body.position(), body.limit());
        int messagesFrom = body.limit();
        int messagesTo = body.limit();
        clear();
        if (json.enterObject()) {
            while (json.nextKey()) {
                int known = index(BEFORE);
                boolean isMessages = known < 0 && json.stringIs(MESSAGES);
                json.peek();
                int begin = json.index();
                json.skip();
                if (known >= 0) {
                    from[known] = begin;
                    to[known] = json.index();
                } else if (isMessages) {
                    messagesFrom = begin;
                    messagesTo = json.index();
                }
            }
        }
        if (json.failed()) {
            json.release();
            return new Prompt(Math.max(1, body.remaining() / 4), PromptHasher.BLOCK_TOKENS, new long[0]);
        }
        take(body, BEFORE.length);
        messages(body, messagesFrom, messagesTo);
        json.release();
        return hasher.prompt();
    }

    /** Returns where the last prompt that was read ended. */
    public PromptTail tail() {
        return hasher.tail();
    }

    private void messages(ByteBuffer body, int begin, int end) {
        json.reset(body, begin, end);
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            if (!json.enterObject()) {
                json.skip();
                continue;
            }
            clear();
            while (json.nextKey()) {
                int known = index(OF_MESSAGE);
                json.peek();
                int at = json.index();
                json.skip();
                if (known >= 0) {
                    from[known] = at;
                    to[known] = json.index();
                }
            }
            take(body, OF_MESSAGE.length);
        }
    }

    private int index(byte[][] names) {
        for (int i = 0; i < names.length; i++) {
            if (json.stringIs(names[i])) {
                return i;
            }
        }
        return -1;
    }

    private void clear() {
        Arrays.fill(from, 0);
        Arrays.fill(to, 0);
    }

    /** Hashes the first {@code count} values that were found, each without the quotes of a text. */
    private void take(ByteBuffer body, int count) {
        for (int i = 0; i < count; i++) {
            int begin = from[i];
            int end = to[i];
            if (end > begin && body.get(begin) == '"') {
                begin++;
                end--;
            }
            while (begin < end) {
                int length = Math.min(piece.length, end - begin);
                body.get(begin, piece, 0, length);
                hasher.update(piece, 0, length);
                begin += length;
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
