package dev.headgate.core.guard;

/** A limit per minute as an attempt meets it. Thread-safe; nothing here waits. */
interface Bucket {
    /** Returns what is charged for {@code cost}: it, or the whole burst if that is less. */
    long charged(long cost);

    /** Returns the nanoseconds until {@code cost} would be admitted, as far as is known: zero if it would be now. */
    long waitNanos(long cost, long nowNanos);

    /** Takes {@code cost} if there is room. Returns a stamp for {@link #correct}, or {@link TokenBucket#REFUSED}. */
    long tryReserve(long cost, long nowNanos);

    /** Replaces what was reserved under {@code stamp} by what was used. */
    void correct(long stamp, long reserved, long used, long nowNanos);
}
