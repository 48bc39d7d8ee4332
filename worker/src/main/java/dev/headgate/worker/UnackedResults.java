package dev.headgate.worker;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.TaskResult;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Results the dispatcher has not acknowledged, oldest first, bounded by their bytes. Not thread-safe. */
final class UnackedResults {
    private static final Logger LOG = LoggerFactory.getLogger(UnackedResults.class);

    /**
     * A result and its payload, which may be too large for its frame.
     *
     * @param frame carries the payload, or the number of parts the payload comes in
     * @param payload empty if the frame carries it
     */
    record Kept(TaskResult frame, ByteString payload) {
        long bytes() {
            return frame.getSerializedSize() + (long) payload.size();
        }
    }

    private final long maxBytes;
    private final Map<Lease, Kept> kept = new LinkedHashMap<>();
    private long bytes;

    UnackedResults(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Keeps a result, dropping the oldest ones if they are over the limit; the newest always stays. */
    void keep(Kept result) {
        remove(result.frame().getLease());
        kept.put(result.frame().getLease(), result);
        bytes += result.bytes();
        Iterator<Kept> oldest = kept.values().iterator();
        while (bytes > maxBytes && kept.size() > 1) {
            Kept dropped = oldest.next();
            oldest.remove();
            bytes -= dropped.bytes();
            LOG.warn(
                    "dropped an unacknowledged result: task={} maxBytes={}",
                    dropped.frame().getLease().getTaskUid(),
                    maxBytes);
        }
    }

    /** Forgets results that were acknowledged or are no longer wanted. */
    void forget(Collection<Lease> leases) {
        leases.forEach(this::remove);
    }

    /** Returns the result under that lease, null if there is none. */
    @Nullable
    Kept of(Lease lease) {
        return kept.get(lease);
    }

    /** Returns all results, oldest first. */
    List<Kept> all() {
        return List.copyOf(kept.values());
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    private void remove(Lease lease) {
        Kept removed = kept.remove(lease);
        bytes -= removed == null ? 0 : removed.bytes();
    }
}
