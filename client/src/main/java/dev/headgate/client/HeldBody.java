package dev.headgate.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A body that is kept as it comes, and joined only where it must be in one piece. Confined to a call's turn. */
final class HeldBody {
    private final List<ByteBuffer> pieces = new ArrayList<>(2);
    private int size;

    void add(List<ByteBuffer> piece) {
        for (ByteBuffer each : piece) {
            if (each.hasRemaining()) {
                pieces.add(each);
                size += each.remaining();
            }
        }
    }

    /** Returns how many bytes there are. */
    int size() {
        return size;
    }

    /** Returns all of it, position to limit; not to be written to. */
    ByteBuffer whole() {
        if (pieces.size() != 1) {
            ByteBuffer all = ByteBuffer.allocate(size);
            pieces.forEach(each -> all.put(each.duplicate()));
            pieces.clear();
            pieces.add(all.flip());
        }
        return pieces.get(0).duplicate();
    }
}
