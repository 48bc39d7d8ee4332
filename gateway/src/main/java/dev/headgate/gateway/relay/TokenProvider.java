package dev.headgate.gateway.relay;

import java.time.Instant;

/**
 * Gives bearer tokens that expire. Found by {@link java.util.ServiceLoader}, named by {@code credential.tokenProvider}.
 *
 * <p>Called from a thread that may block, never from two at once; a token is kept until five minutes before it expires.
 */
public interface TokenProvider {
    /** Returns the name by which the configuration asks for it. */
    String name();

    /** Fetches a new token; an exception makes the backend cool. */
    Token fetch() throws Exception;

    /**
     * A token.
     *
     * @param value its text, without {@code Bearer}
     * @param expiresAt when it ends, on the wall clock
     */
    record Token(String value, Instant expiresAt) {
        @Override
        public String toString() {
            return "Token[…, expires " + expiresAt + "]";
        }
    }
}
