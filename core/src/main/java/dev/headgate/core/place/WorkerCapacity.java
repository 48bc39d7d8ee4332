package dev.headgate.core.place;

/**
 * What a worker offers.
 *
 * @param runSlots tasks it runs at once, ≥ 1
 * @param loadSlots models it loads at once, ≥ 1
 * @param maxLabels models it holds at most, 0 = not limited
 * @param memoryBytes model memory, 0 = not limited
 */
public record WorkerCapacity(int runSlots, int loadSlots, int maxLabels, long memoryBytes) {
    /** More memory than any machine has: 2⁵⁰ bytes. */
    public static final long MAX_MEMORY_BYTES = 1L << 50;

    private static final double MANY_SLOTS = 1e6;

    public WorkerCapacity {
        requireInRange("run_slots", runSlots, 1, 1 << 16);
        requireInRange("load_slots", loadSlots, 1, 1 << 16);
        requireInRange("max_labels", maxLabels, 0, 1 << 20);
        requireInRange("memory_bytes", memoryBytes, 0, MAX_MEMORY_BYTES);
    }

    private static void requireInRange(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    /** Returns whether {@code labels} models of {@code bytes} in all may be resident together. */
    boolean holds(int labels, long bytes) {
        return (maxLabels == 0 || labels <= maxLabels) && (memoryBytes == 0 || bytes <= memoryBytes);
    }

    /** Returns how many models of {@code meanBytes} may be resident together; at most a million. */
    double slots(double meanBytes) {
        double byLabels = maxLabels == 0 ? MANY_SLOTS : maxLabels;
        double byMemory = memoryBytes == 0 || meanBytes == 0 ? MANY_SLOTS : memoryBytes / meanBytes;
        return Math.min(byLabels, byMemory);
    }
}
