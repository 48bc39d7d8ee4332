package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.upstream.UpstreamFailure.Reach;
import dev.headgate.gateway.upstream.UpstreamListener.BodyEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One exchange on a stream of an {@link Http2Connection}. Owned by the loop. */
final class Http2Stream extends ChannelInboundHandlerAdapter implements Carrier {
    private static final AnswerCodec CODEC = new AnswerCodec();

    private final Http2Connection connection;
    private final boolean isReused;
    private @Nullable Exchange exchange;
    private @Nullable Channel channel;
    private @Nullable ChannelFuture written;
    private long startNanos;
    private int interims;
    private boolean isAnswered;
    private boolean isRefused;

    Http2Stream(Http2Connection connection, Exchange exchange, boolean isReused) {
        this.connection = connection;
        this.exchange = exchange;
        this.isReused = isReused;
    }

    /** Opens the stream and sends the request. */
    void open() {
        Future<Http2StreamChannel> opened = new Http2StreamChannelBootstrap(connection.channel())
                .handler(this)
                .open();
        opened.addListener(done -> {
            if (opened.isSuccess()) {
                write(opened.getNow());
            } else {
                refused();
            }
        });
    }

    private void write(Channel stream) {
        channel = stream;
        Exchange current = exchange;
        if (current == null) {
            var _ = stream.close();
            return;
        }
        stream.pipeline().addFirst(CODEC);
        FullHttpRequest request = current.takenBy(this, isReused);
        startNanos = System.nanoTime();
        HttpHeaders fields = request.headers();
        written = stream.writeAndFlush(request); // where it fails, the stream closes
        fields.remove(ExtensionHeaderNames.SCHEME.text()); // the codec's; a further attempt may go over HTTP/1.1
    }

    /** The connection opens no more streams. */
    private void refused() {
        Exchange current = exchange;
        if (current != null) {
            current.takenBy(this, isReused).release();
            isRefused = true;
            connection.drain();
            cut("no further stream", AttemptFailure.RESET_BEFORE_ANSWER);
        }
    }

    @Override
    public void reading(Reading reading) {
        if (channel != null) {
            channel.config().setAutoRead(reading == Reading.ON);
        }
    }

    @Override
    public void abort() {
        if (channel != null && !isAnswered && interims == 0) {
            connection.unanswered(startNanos);
        }
        leave();
    }

    private void leave() {
        exchange = null;
        connection.left();
        Channel stream = channel;
        if (stream == null) {
            connection.closedStream();
            return;
        }
        if (written != null && !written.isDone() && stream.isActive()) {
            // A close alone would take the end that still waits for the flow window as sent, and go on sending.
            var _ = stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }
        var _ = stream.close(); // resets it unless both sides have ended
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (exchange == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpResponse head && !isAnswered) {
            head(exchange, head);
        }
        if (message instanceof HttpContent content) {
            content(content);
        }
    }

    private void head(Exchange current, HttpResponse head) {
        int status = head.status().code();
        String refusal;
        if (status < 200) {
            interims++;
            refusal = AnswerRules.refusalOfInterim(status, interims);
        } else {
            refusal = AnswerRules.refusalOfHead(head.headers());
        }
        if (refusal != null) {
            fail(AttemptFailure.NOT_HTTP, refusal, Reach.WRITTEN);
        } else if (status >= 200) {
            isAnswered = true;
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING); // the codec's
            current.listener().answered(head);
        }
    }

    private void content(HttpContent content) {
        Exchange current = exchange;
        if (current == null || !isAnswered) {
            content.release();
            return;
        }
        if (content.content().isReadable()) {
            current.listener().content(content.content());
        } else {
            content.release();
        }
        if (content instanceof LastHttpContent last && exchange == current) {
            current.over();
            leave();
            current.listener().ended(last.trailingHeaders(), BodyEnd.MARKED);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null && isAnswered) {
            exchange.listener().readComplete();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            isRefused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            cut("stream reset, code " + reset.errorCode(), AttemptFailure.RESET_BEFORE_ANSWER);
        } else if (event instanceof Http2GoAwayFrame) {
            isRefused = true; // only streams that the peer has not looked at are told
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cut("connection closed", AttemptFailure.RESET_BEFORE_ANSWER);
        connection.closedStream();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        cut(AnswerRules.reason(cause), kindOf(cause));
    }

    private static AttemptFailure kindOf(Throwable cause) {
        boolean isMalformed = cause instanceof Http2Exception || AnswerRules.isMalformed(cause);
        return isMalformed ? AttemptFailure.NOT_HTTP : AttemptFailure.RESET_BEFORE_ANSWER;
    }

    private void cut(String reason, AttemptFailure kindBeforeAnswer) {
        if (isAnswered) {
            fail(AttemptFailure.CUT, reason, Reach.WRITTEN);
        } else {
            boolean isStale = isRefused || (isReused && kindBeforeAnswer == AttemptFailure.RESET_BEFORE_ANSWER);
            fail(kindBeforeAnswer, reason, isStale ? Reach.STALE_CONNECTION : Reach.WRITTEN);
        }
    }

    private void fail(AttemptFailure kind, String detail, Reach reach) {
        Exchange current = exchange;
        if (current != null) {
            current.over();
            leave();
            current.listener().failed(new UpstreamFailure(kind, detail, reach));
        }
    }
}
