package dev.headgate.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after the times of all calls in flight, on one daemon thread that rests while there are none.
 *
 * <p>Each hundredth of a second is exact enough for limits that are hundreds of milliseconds, and a call that comes and goes
 * costs no timer.
 */
final class CallClock implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.headgate.client");
    private static final long TICK_NANOS = 10_000_000;
    private static final long LINGER_NANOS = 1_000_000_000;
    private static final int TICKS_PER_ADVANCE = 5;

    private final Set<ClientCall> calls = ConcurrentHashMap.newKeySet();
    private final Runnable advance;
    private final Thread thread;
    private volatile boolean rests;
    private volatile boolean isClosed;

    CallClock(String name, Runnable advance) {
        this.advance = advance;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    void add(ClientCall call) {
        calls.add(call);
        if (rests) {
            rests = false;
            LockSupport.unpark(thread);
        }
        if (isClosed) {
            call.clientClosed();
        }
    }

    void remove(ClientCall call) {
        calls.remove(call);
    }

    int size() {
        return calls.size();
    }

    private void run() {
        long busyAtNanos = System.nanoTime();
        int ticks = 0;
        while (!isClosed) {
            long now = System.nanoTime();
            if (!calls.isEmpty()) {
                busyAtNanos = now;
                calls.forEach(call -> tick(call, now));
            }
            if (++ticks % TICKS_PER_ADVANCE == 0) {
                advance.run();
            }
            if (now - busyAtNanos < LINGER_NANOS) {
                LockSupport.parkNanos(this, TICK_NANOS);
            } else {
                rest();
            }
        }
    }

    @SuppressWarnings("IllegalCatch") // what one call's foreign code throws is not the end of the others' time
    private static void tick(ClientCall call, long nowNanos) {
        try {
            call.tick(nowNanos);
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "clock: a call threw: reason=" + e.getClass().getSimpleName());
        }
    }

    private void rest() {
        rests = true;
        while (rests && calls.isEmpty() && !isClosed) { // a call that came meanwhile has found it awake
            LockSupport.park(this);
        }
        rests = false;
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        calls.forEach(ClientCall::clientClosed);
    }
}
