package dev.headgate.core.time;

import java.time.Duration;

/**
 * The moment by which a request must have ended.
 *
 * @param atNanos the moment on the pool's ticker; {@link #NEVER} has no end
 */
public record Deadline(long atNanos, boolean isSet) {
    /** A deadline that never passes. */
    public static final Deadline NEVER = new Deadline(0, false);

    /** Returns the deadline {@code wait} after {@code nowNanos}. */
    public static Deadline after(long nowNanos, Duration wait) {
        return new Deadline(nowNanos + wait.toNanos(), true);
    }

    /** Returns whether the moment has come. */
    public boolean isPast(long nowNanos) {
        return isSet && nowNanos - atNanos >= 0;
    }

    /** Returns the nanoseconds that are left: zero once past, {@link Long#MAX_VALUE} if there is no deadline. */
    public long remainingNanos(long nowNanos) {
        return isSet ? Math.max(0, atNanos - nowNanos) : Long.MAX_VALUE;
    }
}
