package dev.headgate.app.config;

import dev.headgate.gateway.relay.TokenProvider;
import java.time.Instant;

/** A token provider as somebody else's jar would bring it. */
public final class FixedTokens implements TokenProvider {
    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public Token fetch() {
        return new Token("token-secret", Instant.MAX);
    }
}
