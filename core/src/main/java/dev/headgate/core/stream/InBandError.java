package dev.headgate.core.stream;

import dev.headgate.core.request.JsonText;
import java.nio.charset.StandardCharsets;

/**
 * The event that tells a caller, in the middle of a stream, that nothing more will come.
 *
 * <p>The name {@code error} and an error object together are the one form that every common client shows with its message
 * (gateway.md §9).
 */
final class InBandError {
    private InBandError() {}

    /** Returns the event as bytes. Anthropic's and the Responses API's objects also say what they are. */
    static byte[] event(StreamFamily family, String message) {
        boolean isTyped = family == StreamFamily.RESPONSES || family == StreamFamily.MESSAGES;
        String text = new String(JsonText.encode(message), StandardCharsets.UTF_8);
        String event = "event: error\ndata: {"
                + (isTyped ? "\"type\":\"error\"," : "")
                + "\"error\":{\"message\":\"" + text
                + "\",\"type\":\"server_error\",\"param\":null,\"code\":\"stream_interrupted\"}}\n\n";
        return event.getBytes(StandardCharsets.UTF_8);
    }
}
