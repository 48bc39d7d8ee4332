package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A request body as it arrives, copied together so that small pieces do not keep the large buffers they were read into.
 * Not thread-safe.
 */
final class BodyBuffer {
    /** An announced length is believed up to here; beyond it memory is taken as bytes arrive. */
    private static final int BELIEVED_BYTES = 64 * 1024;

    private static final byte[] EMPTY = {};

    private byte[] bytes = EMPTY;
    private final int announcedBytes;
    private int size;

    /** Creates an empty one for a body that was announced to have {@code announcedBytes}, 0 if that is not known. */
    BodyBuffer(int announcedBytes) {
        this.announcedBytes = announcedBytes;
    }

    /** Adds what can be read of {@code piece}, which stays the caller's. */
    void add(ByteBuf piece) {
        int more = piece.readableBytes();
        if (more == 0) {
            return;
        }
        if (size + more > bytes.length) {
            int doubled = Math.max(Math.min(announcedBytes, BELIEVED_BYTES), 2 * bytes.length);
            int wanted = announcedBytes > size ? Math.min(doubled, announcedBytes) : doubled;
            bytes = Arrays.copyOf(bytes, Math.max(size + more, wanted));
        }
        piece.readBytes(bytes, size, more);
        size += more;
    }

    /** Returns the bytes so far. */
    int size() {
        return size;
    }

    /** Returns the bytes; nothing may be added afterwards. */
    byte[] whole() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
