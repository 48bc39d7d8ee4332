package dev.headgate.gateway.admin;

import dev.headgate.gateway.dispatch.Token;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener.
 *
 * @param listen where; port 0 is any free one
 * @param token what a caller must show; null = nothing
 * @param reload reads the configuration again
 */
public record AdminOptions(
        InetSocketAddress listen, @Nullable Token token, Reload reload) {}
