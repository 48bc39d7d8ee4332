package dev.headgate.gateway.relay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.request.UpstreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * An answer that was rejected, and may still be the best there is.
 *
 * @param head as it came
 * @param body all of it, owned by whoever holds this
 * @param backend whose it is
 */
record KeptAnswer(HttpResponse head, ByteBuf body, String backend) {
    private static final byte[] INSTEAD =
            "{\"error\":{\"message\":\"the upstream failed, and its error was too long or too slow to keep\","
                    .concat("\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_error\"}}")
                    .getBytes(StandardCharsets.US_ASCII);

    /** Returns an answer whose body had not come to its end when it was judged: half a document helps nobody. */
    static KeptAnswer withoutBody(HttpResponse head, String backend) {
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        head.headers().remove(HttpHeaderNames.CONTENT_ENCODING);
        return new KeptAnswer(head, Unpooled.wrappedBuffer(INSTEAD), backend);
    }

    /** Returns an answer for a stream that began with an error: it as it would have come without a stream. */
    static KeptAnswer ofEvent(int status, UpstreamError error, String backend) {
        byte[] body = error.message().isEmpty() ? INSTEAD : body(error);
        return new KeptAnswer(AnswerHeads.own(status, "application/json"), Unpooled.wrappedBuffer(body), backend);
    }

    private static byte[] body(UpstreamError error) {
        ObjectNode document = new ObjectNode(JsonNodeFactory.instance);
        ObjectNode fields = document.putObject("error").put("message", error.message());
        fields.put("type", error.type().isEmpty() ? "server_error" : error.type());
        fields.putNull("param");
        fields.put("code", error.code().isEmpty() ? null : error.code());
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }
}
