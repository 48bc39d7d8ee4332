package dev.headgate.lab.live;

import dev.headgate.lab.load.AnswerParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link LiveLoad}: at most one request under way, timed event by event. */
final class LiveCaller extends ChannelInboundHandlerAdapter {
    private static final int NONE = -1;

    private final LiveLoad load;
    private final AnswerParser parser = new AnswerParser();
    private @Nullable ChannelHandlerContext context;
    private int request = NONE;
    private boolean hasFirst;

    LiveCaller(LiveLoad load) {
        this.load = load;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** Sends {@code bytes}, which are request {@code number}; only while none is under way, on the event loop. */
    void send(int number, byte[] bytes) {
        ChannelHandlerContext open = context;
        if (open == null) {
            throw new IllegalStateException("request " + number + " on a connection that is not set up");
        }
        request = number;
        hasFirst = false;
        var _ = open.writeAndFlush(Unpooled.wrappedBuffer(bytes), open.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf in = (ByteBuf) message;
        long now = load.nowMicros();
        try {
            while (in.isReadable()) {
                boolean hasEnded = parser.read(in);
                if (!hasFirst && parser.events() > 0) {
                    hasFirst = true;
                    load.first(request, now);
                }
                if (hasEnded) {
                    ended(now);
                }
            }
        } finally {
            in.release();
        }
    }

    private void ended(long nowMicros) {
        int number = request;
        request = NONE;
        if (parser.status() == 200 && parser.events() == load.output(number) + LiveEvents.BESIDE_TOKENS) {
            load.answered(number, nowMicros, this);
        } else {
            load.failed(number);
            var _ = context().close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        load.gone(this);
        if (request != NONE) {
            load.failed(request);
            request = NONE;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
        var _ = broken.close();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext open = context;
        if (open == null) {
            throw new IllegalStateException("an answer on a connection that is not set up");
        }
        return open;
    }
}
