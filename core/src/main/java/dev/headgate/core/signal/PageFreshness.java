package dev.headgate.core.signal;

/**
 * Tells a frozen page of metrics from that of an idle engine: it does not change for a second although requests were sent.
 * Every engine's page has counters that a request changes at once. Not thread-safe.
 */
final class PageFreshness {
    /** A proxy may keep pages for a moment, and a request needs one to arrive. */
    private static final long FROZEN_NANOS = 1_000_000_000L;

    private boolean hasPage;
    private boolean isDoubted;
    private long doubtedAtNanos;
    private long lastHash;
    private long sentAtChange;

    /** Takes the hash of the next page; {@code sent} requests were sent so far. Returns whether it is frozen. */
    boolean isFrozen(long hash, long nowNanos, long sent) {
        if (!hasPage || hash != lastHash) {
            hasPage = true;
            lastHash = hash;
            sentAtChange = sent;
            isDoubted = false;
        } else if (!isDoubted && sent > sentAtChange) {
            isDoubted = true;
            doubtedAtNanos = nowNanos;
        }
        return isDoubted && nowNanos - doubtedAtNanos >= FROZEN_NANOS;
    }
}
