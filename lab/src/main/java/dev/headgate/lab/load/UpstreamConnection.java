package dev.headgate.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One connection of the upstream: finds where requests end and writes answers. */
final class UpstreamConnection extends ByteToMessageDecoder {
    private final UpstreamAnswers answers;
    private final RequestEnd requestEnd = new RequestEnd();

    UpstreamConnection(UpstreamAnswers answers) {
        this.answers = answers;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int length = requestEnd.find(in);
        if (length > 0) {
            Workload workload = UpstreamAnswers.wanted(in.slice(in.readerIndex(), length));
            in.skipBytes(length);
            answer(context, workload);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }

    private void answer(ChannelHandlerContext context, Workload workload) {
        if (workload.pace().isZero()) {
            var _ = context.writeAndFlush(answers.whole(workload), context.voidPromise());
            return;
        }
        var _ = context.write(answers.start(), context.voidPromise());
        var _ = context.writeAndFlush(answers.token(), context.voidPromise());
        if (workload != Workload.IDLE) {
            long paceNanos = workload.pace().toNanos();
            schedule(context, workload.tokens() - 1, System.nanoTime() + paceNanos, paceNanos);
        }
    }

    /** Each token is due a pace after the one before was, not after it was sent. */
    private void schedule(ChannelHandlerContext context, int left, long dueNanos, long paceNanos) {
        var _ = context.executor()
                .schedule(
                        () -> {
                            if (!context.channel().isActive()) {
                                return;
                            }
                            if (left == 0) {
                                var _ = context.writeAndFlush(answers.end(), context.voidPromise());
                                return;
                            }
                            var _ = context.writeAndFlush(answers.token(), context.voidPromise());
                            schedule(context, left - 1, dueNanos + paceNanos, paceNanos);
                        },
                        Math.max(0, dueNanos - System.nanoTime()),
                        TimeUnit.NANOSECONDS);
    }
}
