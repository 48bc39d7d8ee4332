package dev.headgate.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The application's executor, if it has given one. What that rejects, and all without one, runs on daemon threads that come as
 * there is work and go when there has been none for a while: an end is told to whoever waits. Thread-safe.
 */
final class ClientThreads implements Executor {
    private final AtomicInteger count = new AtomicInteger();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    private final @Nullable Executor given;

    ClientThreads(@Nullable Executor given) {
        this.given = given;
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "headgate-client-" + count.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        Executor known = given;
        if (known != null) {
            try {
                known.execute(task);
                return;
            } catch (RejectedExecutionException e) {
                // it is full or shut down
            }
        }
        threads.execute(task);
    }

    /** Lets what runs come to its end, and what is brought later run nonetheless: an end is told to whoever waits. */
    void close() {
        threads.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }
}
