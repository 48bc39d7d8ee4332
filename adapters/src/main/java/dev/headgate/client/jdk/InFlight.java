package dev.headgate.client.jdk;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The requests of one client that are not over, until none follows. Thread-safe. */
final class InFlight {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition isOver = lock.newCondition();
    private final Set<CancellableFuture<?>> requests = new HashSet<>(); // guarded by lock, as is all below
    private boolean isClosed;

    /** Adds a request; false if none may follow. */
    boolean begins(CancellableFuture<?> request) {
        lock.lock();
        try {
            return !isClosed && requests.add(request);
        } finally {
            lock.unlock();
        }
    }

    /** Its answer has been delivered, or never will be. */
    void ends(CancellableFuture<?> request) {
        lock.lock();
        try {
            requests.remove(request);
            signalIfOver();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            isClosed = true;
            signalIfOver();
        } finally {
            lock.unlock();
        }
    }

    private void signalIfOver() {
        if (isClosed && requests.isEmpty()) {
            isOver.signalAll();
        }
    }

    void cancelAll() {
        List<CancellableFuture<?>> all;
        lock.lock();
        try {
            all = List.copyOf(requests);
        } finally {
            lock.unlock();
        }
        all.forEach(CancellableFuture::abandon);
    }

    boolean isOver() {
        lock.lock();
        try {
            return isClosed && requests.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitEnd(Duration wait) throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.convert(wait);
        lock.lock();
        try {
            while (!isClosed || !requests.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = isOver.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
