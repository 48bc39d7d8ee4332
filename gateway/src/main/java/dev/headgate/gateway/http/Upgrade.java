package dev.headgate.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;

/** Takes a connection over from HTTP; runs on its event loop. */
@FunctionalInterface
public interface Upgrade {
    /** Answers {@code request}, which asks for a WebSocket, and replaces the handlers of the connection. */
    void upgrade(ChannelHandlerContext context, HttpRequest request);
}
