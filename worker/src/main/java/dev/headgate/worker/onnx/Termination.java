package dev.headgate.worker.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.headgate.worker.engine.Cancellation;
import java.util.List;

/**
 * Stops a run inside ONNX Runtime once nobody waits for any of its tasks.
 *
 * <p>The options live in native memory, so they are neither touched after {@link #close()} nor closed while touched.
 */
final class Termination implements AutoCloseable {
    private final Object lock = new Object();
    private final List<Cancellation> waiting;
    private final OrtSession.RunOptions options;
    private boolean closed; // guarded by lock

    Termination(List<Cancellation> waiting) throws OrtException {
        this.waiting = waiting;
        this.options = new OrtSession.RunOptions();
        waiting.forEach(task -> task.onCancel(this::terminateIfDue));
    }

    OrtSession.RunOptions options() {
        return options;
    }

    /** Returns whether every task of the run is cancelled. */
    boolean isDue() {
        return waiting.stream().allMatch(Cancellation::isCancelled);
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            options.close();
        }
    }

    private void terminateIfDue() {
        synchronized (lock) {
            if (closed || !isDue()) {
                return;
            }
            try {
                options.setTerminate(true);
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime did not take the request to stop", e);
            }
        }
    }
}
