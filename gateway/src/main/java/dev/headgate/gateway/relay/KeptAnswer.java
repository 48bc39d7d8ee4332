package dev.headgate.gateway.relay;

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
}
