package dev.headgate.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A body as it arrives.
 *
 * <p>Large pieces are kept as they were read, so that they are never copied; small ones are copied together, so that they do
 * not keep the large buffers they were read into. Most bodies are one piece, which is kept whatever its size. Not
 * thread-safe.
 */
public final class BodyBuffer {
    private static final int KEPT_BYTES = 4 * 1024;
    private static final int TAIL_BYTES = 16 * 1024;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf first;
    private @Nullable CompositeByteBuf pieces;
    private @Nullable ByteBuf tail; // the last component of the pieces, while it has room
    private long size;

    /** Creates an empty one whose copies come from {@code allocator}. */
    public BodyBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Adds what can be read of {@code piece}, which stays the caller's. */
    public void add(ByteBuf piece) {
        int more = piece.readableBytes();
        if (more == 0) {
            return;
        }
        size += more;
        ByteBuf only = first;
        if (pieces == null && only == null) {
            first = piece.retainedSlice();
            return;
        }
        CompositeByteBuf all = pieces;
        if (all == null) {
            all = allocator.compositeBuffer(Integer.MAX_VALUE);
            pieces = all;
            first = null;
            append(all, only);
        }
        append(all, piece.retainedSlice());
    }

    private void append(CompositeByteBuf all, @Nullable ByteBuf piece) {
        if (piece == null) {
            return;
        }
        if (piece.readableBytes() >= KEPT_BYTES) {
            closeTail(all);
            all.addComponent(true, piece);
            return;
        }
        ByteBuf open = tail;
        if (open == null || open.writableBytes() < piece.readableBytes()) {
            closeTail(all);
            open = allocator.buffer(TAIL_BYTES, TAIL_BYTES);
            tail = open;
        }
        open.writeBytes(piece);
        piece.release();
    }

    private void closeTail(CompositeByteBuf all) {
        ByteBuf open = tail;
        if (open != null) {
            tail = null;
            all.addComponent(true, open);
        }
    }

    /** Returns the bytes so far. */
    public long size() {
        return size;
    }

    /** Returns the whole body, which is the caller's; this is empty afterwards. */
    public ByteBuf whole() {
        ByteBuf only = first;
        CompositeByteBuf all = pieces;
        first = null;
        pieces = null;
        size = 0;
        if (all != null) {
            closeTail(all);
            return all;
        }
        return only == null ? Unpooled.EMPTY_BUFFER : only;
    }

    /** Drops what there is. */
    public void release() {
        whole().release();
    }
}
