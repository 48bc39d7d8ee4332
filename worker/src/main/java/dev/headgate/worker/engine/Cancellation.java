package dev.headgate.worker.engine;

import java.util.ArrayList;
import java.util.List;

/** A one-way switch that tells a running task to stop. Thread-safe. */
public final class Cancellation {
    private final Object lock = new Object();
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean cancelled;

    /** Cancels; the second time changes nothing. Runs the listeners on the calling thread. */
    public void cancel() {
        List<Runnable> due;
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(listeners);
            listeners.clear();
        }
        due.forEach(Runnable::run);
    }

    /** Returns whether {@link #cancel()} was called. */
    public boolean isCancelled() {
        synchronized (lock) {
            return cancelled;
        }
    }

    /** Runs {@code listener} on cancellation, or at once if that has happened. */
    public void onCancel(Runnable listener) {
        synchronized (lock) {
            if (!cancelled) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }
}
