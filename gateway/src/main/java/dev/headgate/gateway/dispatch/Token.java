package dev.headgate.gateway.dispatch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A bearer token. Its text is never printed. */
public final class Token {
    private static final String SCHEME = "Bearer ";

    private final byte[] text;

    /** Wraps {@code text}, which must not be empty. */
    public Token(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a token is empty (expected: at least one character)");
        }
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns whether the value of an {@code Authorization} header carries this token, in constant time. */
    public boolean isIn(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] shown = authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(shown, text);
    }

    @Override
    public String toString() {
        return "Token[…]";
    }
}
