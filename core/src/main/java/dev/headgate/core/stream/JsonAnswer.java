package dev.headgate.core.stream;

import dev.headgate.core.request.Usage;
import java.nio.ByteBuffer;

/** Reads answers that are one JSON document. */
public final class JsonAnswer {
    private JsonAnswer() {}

    /** Returns the tokens a body reports, under OpenAI's or Anthropic's names; {@link Usage#NONE} if none. Never throws. */
    public static Usage usage(ByteBuffer body) {
        EventScan scan = new EventScan();
        scan.read(body, body.position(), body.limit());
        long prompt = Math.max(0, scan.promptTokens);
        long completion = Math.max(0, scan.completionTokens);
        return prompt == 0 && completion == 0 ? Usage.NONE : new Usage(prompt, completion, scan.cachedTokens);
    }

    /** Returns whether a close-delimited body is whole: its last non-blank byte is a closing brace or bracket. */
    public static boolean isWhole(ByteBuffer body) {
        int last = body.limit() - 1;
        while (last >= body.position() && isBlank(body.get(last))) {
            last--;
        }
        return last >= body.position() && (body.get(last) == '}' || body.get(last) == ']');
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
