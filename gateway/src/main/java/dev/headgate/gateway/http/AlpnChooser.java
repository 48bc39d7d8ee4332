package dev.headgate.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets a connection up for what was agreed in its TLS handshake, HTTP/1.1 if nothing was. */
final class AlpnChooser extends ApplicationProtocolNegotiationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AlpnChooser.class);

    private final Protocols protocols;

    AlpnChooser(Protocols protocols) {
        super(ApplicationProtocolNames.HTTP_1_1);
        this.protocols = protocols;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
        if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            protocols.http2(context.pipeline());
        } else {
            protocols.http1(context.pipeline());
        }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("handshake fails: remote={} reason={}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        handshakeFailure(context, cause);
    }
}
