package dev.headgate.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an HTTP/2 stream whose request body does not go on; time in which it is not read does not count. Confined to the
 * event loop.
 */
final class StreamDeadline extends ChannelInboundHandlerAdapter {
    private final HttpLimits limits;
    private final RequestReader reader;
    private @Nullable ScheduledFuture<?> timer;

    StreamDeadline(HttpLimits limits, RequestReader reader) {
        this.limits = limits;
        this.reader = reader;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        cancel();
        if (!(message instanceof LastHttpContent)) {
            start(context);
        }
        super.channelRead(context, message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        cancel();
        super.channelInactive(context);
    }

    private void start(ChannelHandlerContext context) {
        timer = context.executor()
                .schedule(() -> expired(context), limits.bodyTime().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void expired(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            reader.timedOut(context.pipeline().context(reader), "body");
        } else {
            start(context);
        }
    }
}
