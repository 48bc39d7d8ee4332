package dev.headgate.core.time;

/**
 * A source of monotonic time.
 *
 * <p>Production passes {@code System::nanoTime}, the simulator a counter that it moves itself. Implementations that are
 * shared between threads are thread-safe.
 */
@FunctionalInterface
public interface Ticker {
    /** Returns nanoseconds since an arbitrary origin; may be negative and may wrap, so compare by subtraction. */
    long nanos();
}
