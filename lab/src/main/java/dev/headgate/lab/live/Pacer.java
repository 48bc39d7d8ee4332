package dev.headgate.lab.live;

import java.util.concurrent.locks.LockSupport;

/**
 * Does work at absolute times on a thread of its own.
 *
 * <p>It parks until shortly before a time and spins the rest, as a parked thread is woken some 50 µs late. The next time never
 * depends on when the last was met, so lateness does not add up.
 */
final class Pacer implements AutoCloseable {
    /** The timer slack of a Linux thread, and a little for the switch. */
    private static final long SPIN_MICROS = 60;

    private static final long NANOS_PER_MICRO = 1_000;

    private final RunClock clock;
    private final Work work;
    private final Thread thread;
    private volatile boolean isClosing;

    private Pacer(String name, RunClock clock, Work work) {
        this.clock = clock;
        this.work = work;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** Starts a thread called {@code name} that does {@code work}. */
    static Pacer start(String name, RunClock clock, Work work) {
        Pacer pacer = new Pacer(name, clock, work);
        pacer.thread.start();
        return pacer;
    }

    /** Has it look again, as something may be due earlier than it knew. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns once the thread has ended. */
    @Override
    public void close() {
        isClosing = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!isClosing) {
            work.advance(clock.micros());
            await(work.nextMicros());
        }
    }

    private void await(long micros) {
        if (micros == Work.NEVER) {
            LockSupport.park(this);
            return;
        }
        long left = micros - clock.micros();
        if (left > SPIN_MICROS) {
            LockSupport.parkNanos(this, (left - SPIN_MICROS) * NANOS_PER_MICRO);
            return;
        }
        while (clock.micros() < micros) {
            Thread.onSpinWait();
        }
    }

    /** What is done; called by the pacer's thread alone. */
    interface Work {
        /** The time of what is not expected. */
        long NEVER = Long.MAX_VALUE;

        /** Does all that is due at {@code nowMicros}. */
        void advance(long nowMicros);

        /** Returns when there is something to do, {@link #NEVER} if nothing is known. */
        long nextMicros();
    }
}
