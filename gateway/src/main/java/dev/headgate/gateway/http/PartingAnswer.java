package dev.headgate.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The last answer, or the last word, on a connection whose client may still be sending.
 *
 * <p>A socket that is closed while bytes arrive is reset, and the reset can overtake the answer. So after the answer only
 * our direction is closed, and what arrives is read and dropped until the client has seen the end, for a short time. An
 * HTTP/2 stream needs none of this: it is reset without an error, as RFC 9113 §8.1 says.
 */
public final class PartingAnswer {
    private static final int LINGER_SECONDS = 5;

    private PartingAnswer() {}

    /** Sends {@code response} and ends the connection; whoever calls must drop what is read from now on. */
    public static void send(ChannelHandlerContext context, FullHttpResponse response) {
        Channel channel = context.channel();
        if (channel instanceof Http2StreamChannel) {
            // One after the other: a reset drops what the stream has not sent.
            var _ = context.writeAndFlush(response).addListener(_ -> reset(context));
            return;
        }
        send(channel, response);
    }

    /** Sends {@code last} on a socket and ends the connection; whoever calls must drop what is read from now on. */
    public static void send(Channel channel, Object last) {
        var _ = channel.writeAndFlush(last).addListener(written -> {
            if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
                linger(duplex);
            } else {
                var _ = channel.close();
            }
        });
    }

    private static void reset(ChannelHandlerContext context) {
        var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private static void linger(DuplexChannel channel) {
        var _ = channel.shutdownOutput();
        ScheduledFuture<?> timer = channel.eventLoop().schedule(() -> close(channel), LINGER_SECONDS, TimeUnit.SECONDS);
        var _ = channel.closeFuture().addListener(_ -> timer.cancel(false));
    }

    private static void close(Channel channel) {
        var _ = channel.close();
    }
}
