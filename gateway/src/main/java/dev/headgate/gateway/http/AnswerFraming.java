package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2StreamChannel;

/** Says in the head of an answer how its body ends and whether the connection goes on. */
final class AnswerFraming {
    private AnswerFraming() {}

    /** Returns whether a status never has a body. */
    static boolean isBodyless(HttpResponse head) {
        return head.status().code() == 204 || head.status().code() == 304;
    }

    /** Frames an answer and returns whether its body ends with the connection, which else goes on if {@code stays}. */
    static boolean frame(HttpResponse head, HttpRequest request, Channel channel, boolean stays) {
        head.setProtocolVersion(HttpVersion.HTTP_1_1);
        HttpHeaders fields = head.headers();
        boolean isChunkable = request.protocolVersion().isKeepAliveDefault();
        boolean isUnframed = !(channel instanceof Http2StreamChannel)
                && !isBodyless(head)
                && !fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean endsByClose = isUnframed && !isChunkable;
        if (isUnframed && isChunkable) {
            fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        connection(fields, request, !endsByClose && stays);
        return endsByClose;
    }

    /** Returns a whole answer of JSON, after which the connection goes on if {@code stays}. */
    static FullHttpResponse whole(HttpRequest request, int status, HttpHeaders headers, byte[] json, boolean stays) {
        boolean bodyless = request.method().equals(HttpMethod.HEAD);
        ByteBuf content = bodyless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        response.headers()
                .set(headers)
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
        connection(response.headers(), request, stays);
        return response;
    }

    private static void connection(HttpHeaders fields, HttpRequest request, boolean keepsAlive) {
        if (!keepsAlive) {
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!request.protocolVersion().isKeepAliveDefault()) {
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }
}
