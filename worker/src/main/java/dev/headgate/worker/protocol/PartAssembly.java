package dev.headgate.worker.protocol;

import com.google.protobuf.ByteString;

/**
 * Puts the parts of one payload together again.
 *
 * <p>Not thread-safe. Parts must come in order; the one that does not ends the connection with
 * {@link WorkerProtocol#CLOSE_VIOLATION}, a payload over the limit with {@link WorkerProtocol#CLOSE_TOO_BIG}.
 */
public final class PartAssembly {
    private final int parts;
    private final long maxBytes;
    private ByteString payload = ByteString.EMPTY;
    private int received;

    /** Expects {@code parts} parts, at least one, of at most {@code maxBytes} together. */
    public PartAssembly(int parts, long maxBytes) {
        if (parts < 1) {
            throw violation("parts: " + Integer.toUnsignedString(parts) + " (expected: >= 1)");
        }
        if ((parts - 1L) * WorkerProtocol.MAX_PART_BYTES > maxBytes) {
            throw tooBig(maxBytes);
        }
        this.parts = parts;
        this.maxBytes = maxBytes;
    }

    /** Takes the next part and returns whether it was the last. */
    public boolean add(Part part) {
        if (isComplete() || part.getIndex() != received) {
            throw violation(
                    "part index: " + Integer.toUnsignedString(part.getIndex()) + " (expected: " + received + ")");
        }
        boolean last = received + 1 == parts;
        if (part.getLast() != last) {
            throw violation("part " + received + " of " + parts + " says last: " + part.getLast());
        }
        if ((long) payload.size() + part.getData().size() > maxBytes) {
            throw tooBig(maxBytes);
        }
        payload = payload.concat(part.getData());
        received++;
        return last;
    }

    /** Returns whether every part has arrived. */
    public boolean isComplete() {
        return received == parts;
    }

    /** Returns the payload; only once it {@linkplain #isComplete() is complete}. */
    public ByteString payload() {
        if (!isComplete()) {
            throw new IllegalStateException("payload has " + received + " of " + parts + " parts");
        }
        return payload;
    }

    private static ProtocolViolation violation(String message) {
        return new ProtocolViolation(WorkerProtocol.CLOSE_VIOLATION, message);
    }

    private static ProtocolViolation tooBig(long maxBytes) {
        return new ProtocolViolation(WorkerProtocol.CLOSE_TOO_BIG, "payload is larger than " + maxBytes + " bytes");
    }
}
