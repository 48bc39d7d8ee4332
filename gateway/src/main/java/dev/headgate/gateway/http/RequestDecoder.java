package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Netty's decoder, save that it refuses header lines that are folded, and tells the encoder which requests are HEAD.
 *
 * <p>Netty joins folded lines, as was once allowed; what stands behind us may not, and then sees another request (RFC 9112
 * §5.2). Both lengths at once, unlike lengths, control characters and bad chunk sizes are refused by Netty itself.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private final Queue<Boolean> bodyless = new ArrayDeque<>();
    private boolean isInHead = true;
    private boolean hasLine;
    private boolean isBroken;

    RequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Returns, in order and once each, whether the answer to a request must not have a body. */
    boolean nextIsBodyless() {
        return Boolean.TRUE.equals(bodyless.poll());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (isBroken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (isInHead && hasFoldedLine(in)) {
            isBroken = true;
            in.skipBytes(in.readableBytes());
            HttpMessage invalid = createInvalidMessage();
            invalid.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a folded header line")));
            out.add(invalid);
            return;
        }
        int before = out.size();
        int from = in.readerIndex();
        super.decode(context, in, out);
        hasLine |= isInHead && in.readerIndex() > from && !isBlank(in, from, in.readerIndex());
        for (int i = before; i < out.size(); i++) {
            Object decoded = out.get(i);
            if (decoded instanceof HttpRequest request) {
                isInHead = false;
                bodyless.add(HttpMethod.HEAD.equals(request.method()));
            }
            if (decoded instanceof LastHttpContent) {
                isInHead = true;
                hasLine = false;
            }
        }
    }

    private boolean hasFoldedLine(ByteBuf in) {
        int end = in.writerIndex();
        int lineStart = in.readerIndex();
        boolean follows = hasLine;
        while (lineStart < end) {
            byte first = in.getByte(lineStart);
            if (follows && (first == ' ' || first == '\t')) {
                return true;
            }
            if (follows && (first == '\r' || first == '\n')) {
                return false; // the head ends
            }
            int lineEnd = in.indexOf(lineStart, end, (byte) '\n');
            if (lineEnd < 0) {
                return false;
            }
            follows |= !isBlank(in, lineStart, lineEnd);
            lineStart = lineEnd + 1;
        }
        return false;
    }

    /** Returns whether there is nothing but what is skipped before a request. */
    private static boolean isBlank(ByteBuf in, int from, int to) {
        for (int at = from; at < to; at++) {
            if (in.getByte(at) > ' ') {
                return false;
            }
        }
        return true;
    }
}
