package dev.headgate.core.testing;

import dev.headgate.core.time.Ticker;
import java.time.Duration;

/** A clock that stands still until it is moved. */
public final class FakeTicker implements Ticker {
    private long nanos;

    /** Returns a clock that reads {@code nanos}. */
    public static FakeTicker at(long nanos) {
        FakeTicker ticker = new FakeTicker();
        ticker.nanos = nanos;
        return ticker;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    /** Moves the clock forward. */
    public void advance(Duration by) {
        nanos += by.toNanos();
    }

    /** Sets the clock. */
    public void set(long toNanos) {
        nanos = toNanos;
    }
}
