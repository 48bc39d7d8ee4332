package dev.headgate.gateway.relay;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.ApiKind;
import dev.headgate.core.request.JsonText;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.PromptTail;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Notes where the text of an answer is cached: the next turn of a conversation repeats it, so it is a part of the prompt that
 * whoever made it has computed already (routing.md §7). Texts are hashed as clients write them into the next request.
 */
final class AnswerIndexing {
    private static final byte[] NOTHING = {};

    /** How the next turn of a chat calls whoever said it. */
    private static final byte[] ASSISTANT = "assistant".getBytes(StandardCharsets.US_ASCII);

    private static final String SHORT = "\"\\\b\f\n\r\t";
    private static final String NAMES = "\"\\bfnrt";

    private final Relay relay;
    private final ApiKind kind;
    private final PromptTail tail;

    AnswerIndexing(Relay relay, ApiKind kind, PromptTail tail) {
        this.relay = relay;
        this.kind = kind;
        this.tail = tail;
    }

    /** Returns whether requests of this kind are followed by others that repeat their answers. */
    static boolean isPossible(ApiKind kind) {
        return kind == ApiKind.CHAT || kind == ApiKind.COMPLETIONS;
    }

    /** Notes an answer of text, UTF-8; nothing if it is empty. */
    void said(RelayAttempt attempt, byte[] text) {
        if (text.length > 0) {
            saidInJson(attempt, inJson(text));
        }
    }

    /** The same for the inside of a JSON string. */
    void saidInJson(RelayAttempt attempt, byte[] text) {
        if (text.length == 0) {
            return;
        }
        boolean isChat = kind == ApiKind.CHAT;
        Prompt held = tail.with(isChat ? ASSISTANT : NOTHING, text);
        if (held.blocks() > tail.prompt().blocks()) {
            EndpointId backend = attempt.backend().backend().id();
            relay.tell(attempt.attempt().pool(), signals -> signals.blocksHeld(backend, held));
        }
    }

    /** Returns the inside of a JSON string as the libraries of most clients write it: short escapes where there are some. */
    private static byte[] inJson(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + text.length / 16 + 16);
        for (byte b : text) {
            int name = SHORT.indexOf(b);
            if (name >= 0) {
                out.write('\\');
                out.write(NAMES.charAt(name));
            } else if (b >= 0 && b < ' ') {
                out.writeBytes(JsonText.encode(new byte[] {b}, 0, 1));
            } else {
                out.write(b);
            }
        }
        return out.toByteArray();
    }
}
