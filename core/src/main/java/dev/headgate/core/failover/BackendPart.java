package dev.headgate.core.failover;

import org.jspecify.annotations.Nullable;

/**
 * The name of a backend, or of one upstream model of it, among all processes that share what they learn.
 *
 * @param pool its pool's name
 * @param backend its id
 * @param upstreamModel the model, empty for requests that name none; null = the backend as a whole
 */
public record BackendPart(
        String pool, String backend, @Nullable String upstreamModel) {
    /** Returns the name of a backend as a whole. */
    public static BackendPart whole(String pool, String backend) {
        return new BackendPart(pool, backend, null);
    }

    /** Returns the name of the backend of which this is a part. */
    public BackendPart whole() {
        return upstreamModel == null ? this : whole(pool, backend);
    }
}
