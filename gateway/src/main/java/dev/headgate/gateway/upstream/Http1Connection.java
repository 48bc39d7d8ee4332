package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.VoidChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/1.1: one exchange at a time. It goes back to its pool when the read that brought the end of an answer
 * is over, so that what an upstream sends too much is never taken for the next answer.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Carrier {
    private final ConnectionPool pool;
    private final Channel channel;
    private final AnswerDecoder decoder;
    private final ChannelPromise unheard;
    private @Nullable Exchange exchange;
    private State state = State.IDLE;
    private int served;
    private int interims;
    private boolean mayBeReused;
    private BodyEnd bodyEnd = BodyEnd.MARKED;

    /** When it was last put aside. */
    long idleSinceNanos;

    Http1Connection(ConnectionPool pool, Channel channel, AnswerDecoder decoder) {
        this.pool = pool;
        this.channel = channel;
        this.decoder = decoder;
        // A write that fails shows as a closed output or connection; an answer may still be there to be read.
        unheard = new VoidChannelPromise(channel, false);
    }

    /** Returns whether it can take a request. */
    boolean isReady() {
        return state == State.IDLE && channel.isActive();
    }

    /** Returns how many requests it has taken. */
    int served() {
        return served;
    }

    /** Sends the request of {@code next}. */
    void start(Exchange next) {
        exchange = next;
        state = State.HEAD;
        interims = 0;
        mayBeReused = true;
        FullHttpRequest request = next.takenBy(this, served > 0);
        served++;
        decoder.expect(request.method().equals(HttpMethod.HEAD));
        var _ = channel.writeAndFlush(request, unheard);
    }

    /** Closes it; what it carries fails. */
    void close() {
        if (exchange != null) {
            cut(Upstreams.CLOSED);
            return;
        }
        state = State.CLOSING;
        var _ = channel.close();
    }

    @Override
    public void reading(Reading reading) {
        channel.config().setAutoRead(reading == Reading.ON);
    }

    @Override
    public void abort() {
        exchange = null;
        state = State.CLOSING;
        drop();
    }

    /** Closes past TLS, whose parting words would wait behind a request that the upstream does not read. */
    private void drop() {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            var _ = first.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (exchange == null) {
            ReferenceCountUtil.release(message);
            if (state == State.IDLE || state == State.RESTING) {
                close(); // nobody has asked for this
            }
            return;
        }
        if (message instanceof HttpResponse head) {
            head(exchange, head);
        }
        if (message instanceof HttpContent content) {
            content(content);
        }
    }

    private void head(Exchange current, HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            fail(
                    AttemptFailure.NOT_HTTP,
                    AnswerRules.reason(head.decoderResult().cause()),
                    Reach.WRITTEN);
            return;
        }
        int status = head.status().code();
        if (status < 200) {
            interims++;
            String refusal = AnswerRules.refusalOfInterim(status, interims);
            if (refusal != null) {
                fail(AttemptFailure.NOT_HTTP, refusal, Reach.WRITTEN);
            }
            return;
        }
        String refusal = AnswerRules.refusalOfHead(head.headers());
        if (refusal != null) {
            fail(AttemptFailure.NOT_HTTP, refusal, Reach.WRITTEN);
            return;
        }
        mayBeReused = keepsAlive(head);
        bodyEnd = decoder.isEndedByClose(head) ? BodyEnd.CLOSED : BodyEnd.MARKED;
        state = State.BODY;
        current.listener().answered(head);
    }

    private boolean keepsAlive(HttpResponse head) {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && !head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)
                && !decoder.hasTwoFramings();
    }

    private void content(HttpContent content) {
        Exchange current = exchange; // the head may have ended it
        if (current == null || state != State.BODY) {
            content.release();
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            fail(AttemptFailure.CUT, AnswerRules.reason(content.decoderResult().cause()), Reach.WRITTEN);
            return;
        }
        if (content.content().isReadable()) {
            current.listener().content(content.content());
        } else {
            content.release();
        }
        if (content instanceof LastHttpContent last && exchange == current) {
            end(current, last.trailingHeaders());
        }
    }

    private void end(Exchange current, HttpHeaders trailers) {
        boolean rests = mayBeReused
                && channel.isActive()
                && !decoder.hasSurplus()
                && isWritten()
                && pool.gate().allowsAfter(served);
        exchange = null;
        current.over();
        if (rests) {
            state = State.RESTING;
            channel.config().setAutoRead(true);
        } else {
            close();
        }
        current.listener().ended(trailers, bodyEnd);
    }

    /** An answer can come before its request has left, or instead of the rest of it. */
    private boolean isWritten() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out != null && out.isEmpty();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (state == State.RESTING) {
            state = State.IDLE;
            pool.release(this);
        } else if (state == State.BODY && exchange != null) {
            exchange.listener().readComplete();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (exchange != null) {
            cut("connection closed");
        }
        state = State.CLOSING;
        pool.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (exchange == null) {
            close();
        } else if (state == State.HEAD && AnswerRules.isMalformed(cause)) {
            fail(AttemptFailure.NOT_HTTP, AnswerRules.reason(cause), Reach.WRITTEN);
        } else {
            cut(AnswerRules.reason(cause));
        }
    }

    private void cut(String reason) {
        if (state == State.BODY) {
            fail(AttemptFailure.CUT, reason, Reach.WRITTEN);
        } else if (decoder.sawBytes()) {
            fail(AttemptFailure.NOT_HTTP, reason + " inside the head", Reach.WRITTEN);
        } else {
            Reach reach = served > 1 ? Reach.STALE_CONNECTION : Reach.WRITTEN;
            fail(AttemptFailure.RESET_BEFORE_ANSWER, reason, reach);
        }
    }

    private void fail(AttemptFailure kind, String detail, Reach reach) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        exchange = null;
        current.over();
        state = State.CLOSING;
        drop();
        current.listener().failed(new UpstreamFailure(kind, detail, reach));
    }

    private enum State {
        /** In its pool. */
        IDLE,
        /** A request was sent. */
        HEAD,
        /** The head of the answer came. */
        BODY,
        /** The answer has ended; the read that brought it has not. */
        RESTING,
        /** It is being closed, or is. */
        CLOSING
    }
}
