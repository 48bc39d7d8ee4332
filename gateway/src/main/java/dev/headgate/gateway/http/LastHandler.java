package dev.headgate.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends an HTTP/2 connection whose client breaks the protocol, without the warning that anyone could fill the log with. */
final class LastHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LastHandler.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("connection ends: remote={} reason={}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }
}
