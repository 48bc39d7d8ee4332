package dev.headgate.worker.protocol;

import com.google.protobuf.ByteString;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Splits a payload into the parts it travels in. */
public final class Parts {
    private Parts() {}

    /** Returns the number of parts of a payload of {@code bytes}: zero if it travels inside its own frame. */
    public static int count(int bytes) {
        return bytes <= WorkerProtocol.MAX_PART_BYTES ? 0 : Math.ceilDiv(bytes, WorkerProtocol.MAX_PART_BYTES);
    }

    /** Returns the parts of {@code payload} in order, cut when asked for and without copying bytes. */
    public static Iterator<Part> split(Lease lease, ByteString payload) {
        return new Cutter(lease, payload, count(payload.size()));
    }

    private static final class Cutter implements Iterator<Part> {
        private final Lease lease;
        private final ByteString payload;
        private final int parts;
        private int next;

        Cutter(Lease lease, ByteString payload, int parts) {
            this.lease = lease;
            this.payload = payload;
            this.parts = parts;
        }

        @Override
        public boolean hasNext() {
            return next < parts;
        }

        @Override
        public Part next() {
            if (!hasNext()) {
                throw new NoSuchElementException("part " + next + " (expected: < " + parts + ")");
            }
            int from = next * WorkerProtocol.MAX_PART_BYTES;
            int to = Math.min(payload.size(), from + WorkerProtocol.MAX_PART_BYTES);
            return Part.newBuilder()
                    .setLease(lease)
                    .setIndex(next++)
                    .setData(payload.substring(from, to))
                    .setLast(next == parts)
                    .build();
        }
    }
}
