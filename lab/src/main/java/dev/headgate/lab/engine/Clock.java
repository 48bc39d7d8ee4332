package dev.headgate.lab.engine;

import dev.headgate.core.time.Wakeups;
import java.util.OptionalLong;

/** Simulated time in whole microseconds, and what is to happen when; events of one moment run in the order they were set. */
public final class Clock {
    private static final long NANOS = 1000;

    private final Wakeups events = new Wakeups();
    private long nowMicros;

    /** Returns the present. */
    public long micros() {
        return nowMicros;
    }

    /** Returns the present in nanoseconds. */
    public long nanos() {
        return nowMicros * NANOS;
    }

    /** Has {@code action} run at {@code atMicros}, which is not past. */
    public Wakeups.Wakeup at(long atMicros, Runnable action) {
        if (atMicros < nowMicros) {
            throw new IllegalStateException("an event at " + atMicros + " us, " + (nowMicros - atMicros) + " us ago");
        }
        return events.at(atMicros * NANOS, action);
    }

    /** Returns when the next event is, in microseconds; empty if there is none. */
    public OptionalLong next() {
        OptionalLong next = events.next();
        return next.isEmpty() ? next : OptionalLong.of(next.getAsLong() / NANOS);
    }

    /** Moves to {@code micros}, not before the present, and runs what is due. */
    public void advance(long micros) {
        if (micros < nowMicros) {
            throw new IllegalStateException("the clock would go back by " + (nowMicros - micros) + " us");
        }
        nowMicros = micros;
        events.advance(micros * NANOS);
    }
}
