package dev.headgate.client;

import dev.headgate.core.request.JsonText;
import dev.headgate.core.request.UpstreamError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An answer that was rejected, and may still be the best there is.
 *
 * @param status as it came
 * @param fields as they came
 * @param body all of it
 * @param backend whose it is
 */
record KeptAnswer(int status, Fields fields, ByteBuffer body, String backend) {
    private static final Fields JSON =
            Fields.builder().add("content-type", "application/json").build();
    private static final String TOO_LONG = "the upstream failed, and its error was too long or too slow to keep";

    /** Returns an answer whose body had not come to its end when it was judged: half a document helps nobody. */
    static KeptAnswer withoutBody(int status, Fields fields, String backend) {
        Fields whole = fields.with()
                .set("content-type", "application/json")
                .remove("content-encoding")
                .remove("content-length")
                .build();
        return new KeptAnswer(status, whole, instead(), backend);
    }

    /** Returns an answer for a stream that began with an error: it as it would have come without a stream. */
    static KeptAnswer ofEvent(int status, UpstreamError error, String backend) {
        ByteBuffer body = error.message().isEmpty()
                ? instead()
                : error(error.message(), error.type().isEmpty() ? "server_error" : error.type(), error.code());
        return new KeptAnswer(status, JSON, body, backend);
    }

    private static ByteBuffer instead() {
        return error(TOO_LONG, "server_error", "upstream_error");
    }

    /** Returns an error in OpenAI's shape. */
    static ByteBuffer error(String message, String type, String code) {
        String text = "{\"error\":{\"message\":" + quoted(message) + ",\"type\":" + quoted(type)
                + ",\"param\":null,\"code\":" + (code.isEmpty() ? "null" : quoted(code)) + "}}";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        return '"' + new String(JsonText.encode(text), StandardCharsets.UTF_8) + '"';
    }
}
