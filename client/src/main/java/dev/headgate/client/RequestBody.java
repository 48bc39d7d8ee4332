package dev.headgate.client;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** What goes along with a request. */
public final class RequestBody {
    /** Nothing. */
    public static final RequestBody NONE = of(new byte[0]);

    private final InputStream content;
    private final byte[] bytes; // empty if it is a stream
    private final boolean isStream;

    private RequestBody(InputStream content, byte[] bytes, boolean isStream) {
        this.content = content;
        this.bytes = bytes;
        this.isStream = isStream;
    }

    /** Returns a body of these bytes, which are not copied and must not change. */
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(new ByteArrayInputStream(bytes), bytes, false);
    }

    /**
     * Returns a body that can be read once. It is kept for a further attempt as long as it is no larger than
     * {@link FailoverClient.Builder#maxRequestBytes}; with a larger one the request has a single attempt.
     */
    public static RequestBody of(InputStream once) {
        return new RequestBody(once, new byte[0], true);
    }

    boolean isStream() {
        return isStream;
    }

    byte[] bytes() {
        return bytes;
    }

    InputStream content() {
        return content;
    }
}
