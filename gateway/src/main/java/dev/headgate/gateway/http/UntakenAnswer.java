package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the caller of an HTTP/2 stream has not taken yet: counted, and dropped with the stream if the caller takes nothing
 * of a whole answer for the stall time.
 *
 * <p>A caller decides by its flow window when it takes what, and the connection looks alive all the while. Long bodies are
 * written in pieces, as only the end of a write shows that something was taken. An answer that is still being made is
 * judged by whoever makes it. Confined to the event loop.
 */
final class UntakenAnswer extends ChannelOutboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(UntakenAnswer.class);
    private static final int PIECE_BYTES = 64 * 1024;

    private final long stallNanos;
    private final LongAdder heldBytes;
    private long tookNanos;
    private @Nullable ScheduledFuture<?> timer;

    /** Adds to {@code heldBytes} what this stream holds, and takes it out again. */
    UntakenAnswer(HttpLimits limits, LongAdder heldBytes) {
        this.stallNanos = limits.stallTime().toNanos();
        this.heldBytes = heldBytes;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (isInterim(message) || !(message instanceof HttpContent content)) {
            var _ = context.write(message, promise);
        } else if (message instanceof FullHttpResponse whole && whole.content().readableBytes() > PIECE_BYTES) {
            writePieces(context, whole, promise);
        } else {
            writeContent(context, content, promise);
        }
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse head && head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void writePieces(ChannelHandlerContext context, FullHttpResponse whole, ChannelPromise promise) {
        ByteBuf body = whole.content();
        var _ = context.write(
                new DefaultHttpResponse(whole.protocolVersion(), whole.status(), whole.headers()),
                context.voidPromise());
        while (body.readableBytes() > PIECE_BYTES) {
            writeContent(context, new DefaultHttpContent(body.readRetainedSlice(PIECE_BYTES)), context.voidPromise());
        }
        HttpContent rest =
                new DefaultLastHttpContent(body.readRetainedSlice(body.readableBytes()), whole.trailingHeaders());
        whole.release();
        writeContent(context, rest, promise);
    }

    private void writeContent(ChannelHandlerContext context, HttpContent content, ChannelPromise promise) {
        int bytes = content.content().readableBytes();
        boolean isLast = content instanceof LastHttpContent;
        heldBytes.add(bytes);
        if (isLast) {
            tookNanos = System.nanoTime();
            look(context, stallNanos);
        }
        var _ = context.write(content, promise.unvoid().addListener(_ -> took(bytes, isLast)));
    }

    private void took(int bytes, boolean isLast) {
        heldBytes.add(-bytes);
        tookNanos = System.nanoTime();
        if (isLast && timer != null) {
            timer.cancel(false);
        }
    }

    private void look(ChannelHandlerContext context, long waitNanos) {
        timer = context.executor().schedule(() -> timerFired(context), waitNanos, TimeUnit.NANOSECONDS);
    }

    private void timerFired(ChannelHandlerContext context) {
        long quietNanos = System.nanoTime() - tookNanos;
        if (quietNanos < stallNanos) {
            look(context, stallNanos - quietNanos);
            return;
        }
        LOG.debug(
                "stream ends: remote={} reason=its answer is not taken",
                context.channel().parent().remoteAddress());
        var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
