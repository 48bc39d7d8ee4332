package dev.headgate.core.place;

/** A model on a worker, resident or loading. Confined to the owner of the fleet. */
public final class Copy {
    private final Model model;
    private final WorkerState worker;
    private final MissCause cause;
    private final long loadStartedNanos;
    private boolean ready;
    private boolean missUnclaimed;
    private long loadNanos;
    long lastUsedNanos;
    int running;

    Copy(Model model, WorkerState worker, MissCause cause, long nowNanos) {
        this.model = model;
        this.worker = worker;
        this.cause = cause;
        this.loadStartedNanos = nowNanos;
        this.lastUsedNanos = nowNanos;
    }

    /** Returns the model. */
    public Model model() {
        return model;
    }

    /** Returns the worker. */
    public WorkerState worker() {
        return worker;
    }

    /** Returns whether it can run tasks. */
    public boolean isReady() {
        return ready;
    }

    /** Returns whether no task runs on it. */
    public boolean isIdle() {
        return running == 0;
    }

    /** Returns why it was loaded. */
    public MissCause cause() {
        return cause;
    }

    /** Returns how long the load took, 0 while it lasts or if it was there when the worker joined. */
    public long loadNanos() {
        return loadNanos;
    }

    /** Returns when its load was ordered. */
    public long loadStartedNanos() {
        return loadStartedNanos;
    }

    /** Returns true once after a load: the first task that runs on the copy is the one it was loaded for. */
    public boolean claimMiss() {
        boolean claimed = missUnclaimed;
        missUnclaimed = false;
        return claimed;
    }

    void loaded(long nanos) {
        ready = true;
        missUnclaimed = true;
        loadNanos = nanos;
    }

    void foundResident() {
        ready = true;
    }

    double remainingLoadNanos(long nowNanos) {
        return ready ? 0 : Math.max(0, loadStartedNanos + model.loadNanos() - nowNanos);
    }
}
