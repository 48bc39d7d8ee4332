package dev.headgate.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

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
     * {@link FailoverClientBuilder#maxRequestBytes}; with a larger one the request has a single attempt.
     */
    public static RequestBody of(InputStream once) {
        return new RequestBody(once, new byte[0], true);
    }

    /**
     * Returns a body that can be written once, by a thread of its own; kept as one that can be read once. Whoever has the
     * answer, or none, closes it, so that the thread ends.
     */
    public static RequestBody written(Writing once) {
        return of(new WrittenContent(once));
    }

    /**
     * Returns a body that is published; subscribed to once, by who reads it, and kept as one that can be read once. Whoever
     * gives the request up closes it, so that the subscription ends.
     */
    public static RequestBody published(Flow.Publisher<? extends ByteBuffer> once) {
        return of(new PublishedContent(once));
    }

    /** Gives the rest of a body up that is no array. */
    public void close() throws IOException {
        content.close();
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

    /** Writes a body. */
    @FunctionalInterface
    public interface Writing {
        /** Writes all of it. */
        void writeTo(OutputStream target) throws IOException;
    }
}
