package dev.headgate.gateway.signal;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When something is done that is done again and again: once per period, measured from begin to begin, spread by a twentieth
 * so that many do not fall into step, and never before the last time is over. After a failure the wait doubles, up to a second
 * or to the period if that is longer. Confined to its event loop.
 */
final class Rounds {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final double SPREAD = 0.05;
    private static final int MOST_DOUBLINGS = 6;

    /** A loop that also relays is kept busy by one page for a twentieth of its time at most. */
    private static final int MOST_SHARE = 20;

    private final EventLoop loop;
    private final long periodNanos;
    private final Runnable round;
    private @Nullable ScheduledFuture<?> next;
    private long beganNanos;
    private int failures;
    private long workNanos; // on the loop, this time
    private boolean isStopped;

    Rounds(EventLoop loop, long periodNanos, Runnable round) {
        this.loop = loop;
        this.periodNanos = periodNanos;
        this.round = round;
    }

    /** Begins, at any moment of the first period. */
    void start() {
        after((long) (periodNanos * ThreadLocalRandom.current().nextDouble()));
    }

    /** This time is over, and went well. */
    void done() {
        failures = 0;
        again(Math.max(periodNanos, MOST_SHARE * workNanos));
        workNanos = 0;
    }

    /** So long the loop was busy with what came. */
    void worked(long nanos) {
        workNanos += nanos;
    }

    /** This time is over, and came to nothing. */
    void failed() {
        failures = Math.min(MOST_DOUBLINGS, failures + 1);
        again(Math.max(periodNanos, Math.min(SECOND_NANOS, periodNanos << failures)));
    }

    void stop() {
        isStopped = true;
        ScheduledFuture<?> waiting = next;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    private void again(long waitNanos) {
        double spread = 1 + SPREAD * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        after((long) (waitNanos * spread) - (System.nanoTime() - beganNanos));
    }

    private void after(long waitNanos) {
        if (!isStopped) {
            next = loop.schedule(this::begin, Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
        }
    }

    private void begin() {
        if (!isStopped) {
            beganNanos = System.nanoTime();
            round.run();
        }
    }
}
