package dev.headgate.worker;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the models on this worker may take, and what they take by prediction or report.
 *
 * <p>Resident memory of the process is no measure: closed sessions leave 100 to 150 MB with the allocator, which later
 * loads reuse. Not thread-safe.
 */
final class MemoryLedger {
    private final long limitBytes;
    private final int maxLabels;
    private final Map<String, Long> bytesByLabel = new HashMap<>();
    private long usedBytes;

    /** Zero means no limit. */
    MemoryLedger(long limitBytes, int maxLabels) {
        this.limitBytes = limitBytes;
        this.maxLabels = maxLabels;
    }

    /** Reserves memory for a label that has none, or returns why it cannot. */
    Optional<String> reserve(String label, long bytes) {
        if (bytesByLabel.containsKey(label)) {
            throw new IllegalStateException("model " + label + " already has memory");
        }
        if (maxLabels > 0 && bytesByLabel.size() >= maxLabels) {
            return Optional.of("no room for model " + label + ": " + bytesByLabel.size() + " of " + maxLabels
                    + " labels are held");
        }
        if (limitBytes > 0 && bytes > limitBytes - usedBytes) {
            return Optional.of("no memory for model " + label + ": needs " + MemorySize.format(bytes) + ", "
                    + Math.max(0, limitBytes - usedBytes) / 1_000_000 + " MB of " + MemorySize.format(limitBytes)
                    + " free");
        }
        bytesByLabel.put(label, bytes);
        usedBytes += bytes;
        return Optional.empty();
    }

    /** Returns whether {@code bytes} fit once enough other labels are gone. */
    boolean couldHold(long bytes) {
        return limitBytes == 0 || bytes <= limitBytes;
    }

    /** Gives a label's memory back; one that has none changes nothing. */
    void release(String label) {
        Long bytes = bytesByLabel.remove(label);
        usedBytes -= bytes == null ? 0 : bytes;
    }

    /** Returns what a label has, zero if it has none. */
    long bytes(String label) {
        return bytesByLabel.getOrDefault(label, 0L);
    }

    /** Returns the sum over all labels, never over the limit. */
    long usedBytes() {
        return usedBytes;
    }
}
