package dev.headgate.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/** Lets several threads do the same thing at once and waits for them. */
public final class Threads {
    private Threads() {}

    /** Runs {@code body} with 0 to {@code count} - 1 on as many threads; the first exception of any is thrown. */
    public static void run(int count, IntConsumer body) {
        CountDownLatch start = new CountDownLatch(1);
        ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    body.accept(number);
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    thrown.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        start.countDown();
        threads.forEach(Threads::join);
        Throwable first = thrown.peek();
        if (first != null) {
            throw new AssertionError(first);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
