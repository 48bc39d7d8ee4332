package dev.headgate.worker.engine;

import org.jspecify.annotations.Nullable;

/** A model cannot be loaded; the message names the model, the file and what to do. */
public final class LoadFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    private LoadFailure(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Returns a failure that another try may not repeat, such as a network that is down. */
    public static LoadFailure retryable(String message, @Nullable Throwable cause) {
        return new LoadFailure(message, true, cause);
    }

    /** Returns a failure that lasts until somebody changes a file, a limit or the request. */
    public static LoadFailure permanent(String message, @Nullable Throwable cause) {
        return new LoadFailure(message, false, cause);
    }

    /** Returns whether another try can succeed with nothing changed here. */
    public boolean isRetryable() {
        return retryable;
    }

    /** Returns the sentence for the operator. */
    public String sentence() {
        String message = getMessage();
        return message == null ? "load failed" : message;
    }
}
