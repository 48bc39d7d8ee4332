package dev.headgate.worker;

import java.time.Duration;

/**
 * Notices a process that has grown far beyond what its models explain.
 *
 * <p>What is explained is the ledger, the whole Java heap, and what the native libraries keep of closed sessions. A process
 * at more than 1.3 times that for a minute without work leaks; leaving and starting anew is the only cure. Owned by the
 * worker's serial executor.
 */
final class MemoryWatch {
    private static final double TOLERANCE = 1.3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Native libraries, and 100 to 150 MB that the allocator keeps of closed sessions for the next ones. */
    private static final long NATIVE_BYTES = 400L << 20;

    private final long heapBytes;
    private long overSinceNanos;
    private boolean isOver;

    MemoryWatch(long heapBytes) {
        this.heapBytes = heapBytes;
    }

    /** Takes one look; returns whether the process should be replaced. An unknown resident size is 0. */
    boolean shouldRecycle(long nowNanos, long residentBytes, long ledgerBytes, boolean isIdle) {
        boolean over = isIdle && residentBytes > TOLERANCE * (heapBytes + NATIVE_BYTES + ledgerBytes);
        if (over && !isOver) {
            overSinceNanos = nowNanos;
        }
        isOver = over;
        return over && nowNanos - overSinceNanos >= PATIENCE.toNanos();
    }
}
