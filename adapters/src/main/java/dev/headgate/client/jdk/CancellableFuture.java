package dev.headgate.client.jdk;

import java.util.concurrent.CompletableFuture;

/** A future whose cancel, and that of futures derived from it, ends what it stands for, as with the JDK's client. */
final class CancellableFuture<T> extends CompletableFuture<T> {
    private final Cancelling cancelling;

    CancellableFuture() {
        this(new Cancelling());
    }

    private CancellableFuture(Cancelling cancelling) {
        this.cancelling = cancelling;
    }

    /** Sets what a cancel does; at once if there was one. What was set before is replaced. */
    void onCancelled(Runnable action) {
        cancelling.set(action);
    }

    /** Cancels it as its application could. */
    void abandon() {
        cancel(true);
        cancelling.run(); // its value may have been there, with a body that is still being read
    }

    @Override
    public boolean cancel(boolean interrupts) {
        boolean isCancelled = super.cancel(interrupts);
        if (isCancelled && interrupts) {
            cancelling.run();
        }
        return isCancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CancellableFuture<>(cancelling);
    }

    /** What a cancel does, shared by a future and those derived from it. Thread-safe; no lock is held while it runs. */
    private static final class Cancelling {
        private Runnable action = () -> {}; // guarded by this
        private boolean isCancelled;

        void set(Runnable next) {
            boolean runs;
            synchronized (this) {
                action = next;
                runs = isCancelled;
            }
            if (runs) {
                next.run();
            }
        }

        void run() {
            Runnable known;
            synchronized (this) {
                isCancelled = true;
                known = action;
            }
            known.run();
        }
    }
}
