package dev.headgate.core.pool;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after another on whichever thread brings work, without a thread of its own.
 *
 * <p>Thread-safe and lock-free. Tasks run in the order in which they were added; what a task wrote is visible to the
 * next. A task added from within another runs after it, so calls never nest. The first thread to arrive drains for all
 * that come meanwhile; a task must therefore be short and must not block.
 *
 * <p>The idea is that of gRPC's synchronization context: adding increments a counter, and the thread that moves it
 * from zero owns the drain until it is back at zero.
 */
public final class SerialContext {
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    /**
     * Runs {@code task} in the context: before this method returns if no other thread is in it, else soon on that
     * thread. A task that throws does not keep the next from running; its exception reaches the draining caller after
     * the drain.
     */
    public void execute(Runnable task) {
        queue.add(task);
        if (pending.getAndIncrement() == 0) {
            drain();
        }
    }

    private void drain() {
        Throwable thrown = null;
        do {
            Runnable next = queue.poll();
            try {
                if (next != null) {
                    next.run();
                }
            } catch (RuntimeException | Error e) {
                if (thrown == null) {
                    thrown = e;
                } else {
                    thrown.addSuppressed(e);
                }
            }
        } while (pending.decrementAndGet() > 0);
        if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        }
    }
}
