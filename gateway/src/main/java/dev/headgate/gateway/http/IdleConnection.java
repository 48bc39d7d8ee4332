package dev.headgate.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** Closes an HTTP/2 connection that has no stream and on which nothing comes or goes for the idle time. */
final class IdleConnection extends IdleStateHandler {
    private final Http2FrameCodec codec;

    IdleConnection(HttpLimits limits, Http2FrameCodec codec) {
        super(0, 0, limits.idleTime().toNanos(), TimeUnit.NANOSECONDS);
        this.codec = codec;
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (codec.connection().numActiveStreams() == 0) {
            var _ = context.channel().close();
        }
    }
}
