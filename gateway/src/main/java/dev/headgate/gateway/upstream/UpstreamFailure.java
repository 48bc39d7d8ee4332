package dev.headgate.gateway.upstream;

import dev.headgate.core.request.AttemptFailure;

/**
 * Why an attempt failed.
 *
 * @param kind its class
 * @param detail what happened, in words; names neither header values nor bodies
 * @param reach how far the request came
 */
public record UpstreamFailure(AttemptFailure kind, String detail, Reach reach) {
    /** How far a request came. */
    public enum Reach {
        /** No byte of it was written. */
        NOTHING_WRITTEN,
        /**
         * A connection that had served others closed before the first byte of an answer: most likely it was closing when
         * the request was written, so it may be sent once more on a fresh connection (gateway.md §3, a).
         */
        STALE_CONNECTION,
        /** Some of it was written, so the upstream may have acted on it. */
        WRITTEN
    }
}
