package dev.headgate.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What one read brought for the caller. A single range goes out as the slice it is; several small ones are copied into one
 * buffer, as a piece of its own costs the connection more than its copy does. Confined to the event loop.
 */
final class Gathering {
    /** A range longer than this is cheaper to pass on than to copy. */
    private static final int MAX_COPIED_BYTES = 4096;

    private static final int MIN_BYTES = 1024;
    private static final int MAX_BYTES = 64 * 1024;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf gathered;
    private boolean isCopy;
    private int usualBytes = MIN_BYTES;

    Gathering(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Returns whether what is gathered must be taken before {@code length} further bytes are added. */
    boolean isFullFor(int length) {
        ByteBuf held = gathered;
        if (held == null) {
            return false;
        }
        int size = held.readableBytes();
        return length > MAX_COPIED_BYTES || (!isCopy && size > MAX_COPIED_BYTES) || size + length > MAX_BYTES;
    }

    /** Adds a range of {@code source}, which is retained for as long as the range is the only one. */
    void add(ByteBuf source, int from, int length) {
        if (gathered == null) {
            boolean isAll = length == source.readableBytes();
            gathered = isAll ? source.retain() : source.retainedSlice(from, length);
            isCopy = false;
        } else {
            copy(gathered, length).writeBytes(source, from, length);
        }
    }

    /** Adds a copy of {@code bytes} from {@code begin} to {@code end}. */
    void add(byte[] bytes, int begin, int end) {
        copy(gathered, end - begin).writeBytes(bytes, begin, end - begin);
    }

    private ByteBuf copy(@Nullable ByteBuf held, int more) {
        if (held != null && isCopy) {
            return held;
        }
        int size = held == null ? 0 : held.readableBytes();
        ByteBuf copy = allocator.ioBuffer(Math.max(usualBytes, size + more));
        if (held != null) {
            copy.writeBytes(held);
            held.release();
        }
        gathered = copy;
        isCopy = true;
        return copy;
    }

    /** Returns what is gathered, which is the caller's to release, and begins anew; null if there is nothing. */
    @Nullable
    ByteBuf take() {
        ByteBuf taken = gathered;
        if (taken != null) {
            gathered = null;
            usualBytes = Math.max(MIN_BYTES, Integer.highestOneBit(2 * taken.readableBytes() - 1));
        }
        return taken;
    }
}
