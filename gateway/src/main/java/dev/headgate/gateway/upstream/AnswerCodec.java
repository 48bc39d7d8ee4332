package dev.headgate.gateway.upstream;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.List;

/**
 * Netty's translation between frames of HTTP/2 and objects of HTTP, for answers whose status is one. Netty's own refusal of
 * the others comes after it has allocated a buffer, and loses that.
 */
@Sharable
final class AnswerCodec extends Http2StreamFrameToHttpObjectCodec {
    AnswerCodec() {
        super(false, true);
    }

    @Override
    protected void decode(ChannelHandlerContext context, Http2StreamFrame frame, List<Object> out) throws Exception {
        if (frame instanceof Http2HeadersFrame head) {
            CharSequence status = head.headers().status();
            if (status != null && AnswerRules.status(status) == 101) {
                throw new MalformedAnswer(AnswerRules.SWITCHES);
            }
        }
        super.decode(context, frame, out);
    }
}
