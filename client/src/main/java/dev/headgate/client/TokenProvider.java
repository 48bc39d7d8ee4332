package dev.headgate.client;

import java.time.Instant;

/**
 * Gives bearer tokens that expire, such as those of Entra ID. Called on a thread of the client that may block, never twice
 * at once; a token is kept until five minutes before it expires.
 */
@FunctionalInterface
public interface TokenProvider {
    /** Fetches a new token; an exception makes the backend cool for ten seconds. */
    Token fetch() throws Exception;

    /**
     * A token.
     *
     * @param value its text, without {@code Bearer}
     * @param expiresAt when it ends, on the wall clock
     */
    record Token(String value, Instant expiresAt) {
        /** Shows when it ends, and nothing of its text. */
        @Override
        public String toString() {
            return "Token[…, expires " + expiresAt + "]";
        }
    }
}
