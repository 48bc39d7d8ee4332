package dev.headgate.gateway.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of time of all requests on one event loop.
 *
 * <p>Almost every limit is met, so nothing is scheduled for any of them: each request keeps the earliest time that could
 * matter to it, and one tick looks through all requests. Confined to its loop.
 */
final class LoopTimer implements Runnable {
    /** Early enough for waits of a quarter of a second, rare enough to cost nothing. */
    private static final long TICK_MILLIS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(LoopTimer.class);
    private static final FastThreadLocal<@Nullable LoopTimer> TIMERS = new FastThreadLocal<>();

    private final EventLoop loop;
    private @Nullable Timed first;
    private boolean ticks;

    private LoopTimer(EventLoop loop) {
        this.loop = loop;
    }

    /** Returns the timer of {@code loop}; to be called on it. */
    static LoopTimer of(EventLoop loop) {
        LoopTimer timer = TIMERS.get();
        if (timer == null) {
            timer = new LoopTimer(loop);
            TIMERS.set(timer);
        }
        return timer;
    }

    void add(Timed timed) {
        Timed head = first;
        timed.next = head;
        if (head != null) {
            head.previous = timed;
        }
        first = timed;
        if (!ticks) {
            ticks = true;
            var _ = loop.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void remove(Timed timed) {
        Timed next = timed.next;
        Timed previous = timed.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else if (first == timed) {
            first = next;
        }
        timed.next = null;
        timed.previous = null;
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        Timed each = first;
        while (each != null) {
            Timed next = each.next;
            if (now - each.dueNanos >= 0) {
                look(each, now);
            }
            each = next != null && next.previous == null && next != first ? null : next; // gone meanwhile: next tick
        }
        ticks = first != null;
        if (ticks) {
            var _ = loop.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** What one request throws must not cost the others their limits, nor leave its caller without an answer. */
    private void look(Timed timed, long nowNanos) {
        try {
            timed.due(nowNanos);
        } catch (RuntimeException e) {
            LOG.error("a request is given up", e);
            giveUp(timed);
        }
    }

    private void giveUp(Timed timed) {
        try {
            timed.failed();
        } catch (RuntimeException e) {
            LOG.error("a request could not be given up", e);
            remove(timed);
        }
    }

    /** Something with limits of time. */
    abstract static class Timed {
        private @Nullable Timed next;
        private @Nullable Timed previous;
        private long dueNanos;

        /** The earliest time that mattered has come; sets the next by {@link #lookAt}. */
        abstract void due(long nowNanos);

        /** It threw when it looked: ends, and tells the caller. */
        abstract void failed();

        /** Looks at {@code nanos} and no sooner. */
        final void lookAt(long nanos) {
            dueNanos = nanos;
        }

        /** Looks at {@code nanos}, unless it looks sooner already. */
        final void lookBy(long nanos) {
            if (nanos - dueNanos < 0) {
                dueNanos = nanos;
            }
        }
    }
}
