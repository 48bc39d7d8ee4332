package dev.headgate.app.router;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs foreign code that may never return: after a while its caller goes on without it. */
public final class InTime {
    /** A router prepares itself in much less. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private InTime() {}

    /**
     * Runs {@code call} on a thread of its own.
     *
     * @throws IllegalArgumentException if it throws or has not returned in ten seconds
     */
    public static void run(Runnable call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("router check").start(() -> {
            try {
                call.run();
                done.complete(null);
            } catch (Throwable e) { // also errors of the code that is tried
                done.completeExceptionally(e);
            }
        });
        try {
            done.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalArgumentException(
                    "the router has not started in " + MOST.toSeconds() + " s (expected: at once)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("interrupted while the router started", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw refusal;
            }
            throw new IllegalArgumentException("the router throws " + e.getCause() + " (expected: a start)", e);
        }
    }
}
