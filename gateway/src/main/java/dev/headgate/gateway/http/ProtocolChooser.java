package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first bytes of a connection and sets it up for HTTP/2, if they are its preface, or else for HTTP/1.1.
 */
final class ProtocolChooser extends ByteToMessageDecoder {
    private final HttpLimits limits;
    private final Protocols protocols;
    private @Nullable ScheduledFuture<?> timer;

    ProtocolChooser(HttpLimits limits, Protocols protocols) {
        this.limits = limits;
        this.protocols = protocols;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        closeAfter(context, limits.idleTime());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        cancel();
    }

    private void closeAfter(ChannelHandlerContext context, Duration wait) {
        cancel();
        timer = context.executor().schedule(() -> close(context), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        try {
            int length = Math.min(in.readableBytes(), preface.readableBytes());
            boolean matches = ByteBufUtil.equals(in, in.readerIndex(), preface, preface.readerIndex(), length);
            if (matches && length < preface.readableBytes()) {
                closeAfter(context, limits.headerTime());
                return;
            }
            if (matches) {
                protocols.http2(context.pipeline());
            } else {
                protocols.http1(context.pipeline());
            }
            context.pipeline().remove(this);
        } finally {
            preface.release();
        }
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }
}
