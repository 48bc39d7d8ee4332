package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose client is too slow: a header has its time from the first byte, a body and an answer go on piece by
 * piece, and between requests something comes within the idle time.
 *
 * <p>Sits in front of HTTP/1.1's decoder, where bytes are seen, and is told of progress by {@link Progress} behind it. Time
 * in which nothing is read from the client, or in which it waits for an earlier answer, is not held against it. One timer
 * per connection is set for the earliest moment that could matter and then looks again, because almost every deadline is
 * met. Confined to the event loop.
 */
final class ReadDeadlines extends ChannelInboundHandlerAdapter {
    private final HttpLimits limits;
    private final RequestReader reader;
    private Phase phase = Phase.BETWEEN;
    private int unanswered;
    private boolean isAnswering; // bytes of an answer wait for the client to take them
    private boolean isStreaming; // an answer has begun; whoever makes it judges how the client takes it
    private long answerProgress; // of the first piece that waits
    private long answerBytes; // of all pieces that wait
    private long sinceNanos;
    private @Nullable ScheduledFuture<?> timer;
    private long timerNanos;

    ReadDeadlines(HttpLimits limits, RequestReader reader) {
        this.limits = limits;
        this.reader = reader;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        enter(context, Phase.BETWEEN);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf) {
            if (phase == Phase.BETWEEN) {
                enter(context, Phase.HEADER);
            } else if (phase == Phase.BODY) {
                sinceNanos = System.nanoTime();
            }
        }
        super.channelRead(context, message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        cancel();
        super.channelInactive(context);
    }

    private void enter(ChannelHandlerContext context, Phase next) {
        phase = next;
        sinceNanos = System.nanoTime();
        look(context, sinceNanos);
    }

    private long limitNanos() {
        return switch (phase) {
            case BETWEEN -> (isAnswering ? limits.bodyTime() : limits.idleTime()).toNanos();
            case HEADER -> limits.headerTime().toNanos();
            case BODY -> limits.bodyTime().toNanos();
        };
    }

    /** Makes sure that the timer is set for no later than the deadline in force. */
    private void look(ChannelHandlerContext context, long nowNanos) {
        long dueNanos = sinceNanos + limitNanos();
        if (timer != null && timerNanos - dueNanos <= 0) {
            return;
        }
        cancel();
        timerNanos = dueNanos;
        timer = context.executor()
                .schedule(() -> timerFired(context), Math.max(0, dueNanos - nowNanos), TimeUnit.NANOSECONDS);
    }

    private void timerFired(ChannelHandlerContext context) {
        timer = null;
        long now = System.nanoTime();
        if (now - sinceNanos >= limitNanos()) {
            if (isExcused(context)) {
                sinceNanos = now;
            } else {
                expired(context);
                return;
            }
        }
        look(context, now);
    }

    private boolean isExcused(ChannelHandlerContext context) {
        if (isStreaming) {
            return true;
        }
        if (isAnswering) {
            ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
            long progress = unsent == null ? 0 : unsent.currentProgress();
            long left = unsent == null ? 0 : unsent.totalPendingWriteBytes();
            boolean moves = progress != answerProgress || left < answerBytes;
            answerProgress = progress;
            answerBytes = left;
            isAnswering = unsent != null && !unsent.isEmpty();
            return moves || !isAnswering;
        }
        return unanswered > 0 || !context.channel().config().isAutoRead();
    }

    private void expired(ChannelHandlerContext context) {
        ChannelHandlerContext readerContext = context.pipeline().context(reader);
        if (phase == Phase.BETWEEN || isAnswering || readerContext == null) {
            var _ = context.close();
        } else {
            reader.timedOut(readerContext, phase == Phase.HEADER ? "header" : "body");
        }
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private enum Phase {
        BETWEEN,
        HEADER,
        BODY
    }

    /** Sits behind the decoder and reports what was decoded and answered. */
    final class Progress extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof LastHttpContent) {
                unanswered++;
                enter(context, Phase.BETWEEN);
            } else if (message instanceof HttpRequest) {
                enter(context, Phase.BODY);
            }
            super.channelRead(context, message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof HttpResponse head && head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
                isStreaming = true;
            }
            if (isStreaming && message instanceof LastHttpContent) {
                isStreaming = false;
                unanswered = Math.max(0, unanswered - 1);
                if (!isAnswering) {
                    enter(context, phase); // else only what the client takes gives it more time
                }
            }
            super.write(context, message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) throws Exception {
            super.flush(context);
            ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
            boolean waits = !isStreaming && unsent != null && !unsent.isEmpty();
            if (waits != isAnswering) {
                isAnswering = waits;
                answerProgress = 0;
                answerBytes = unsent == null ? 0 : unsent.totalPendingWriteBytes();
                enter(context, phase);
            }
        }
    }
}
