package dev.headgate.fleet;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to the server: one connection for scripts and one for what others tell. Up or down: three calls in a row that
 * fail or take longer than 20 ms bring it down, and so does the loss of a connection. While it is down nothing is
 * queued, and it is tried again each second, give or take a fifth, so that a fleet does not come back in one moment.
 *
 * <p>Confined to the module's thread, but for {@link #isUp}.
 */
final class RedisLink {
    private static final long CALL_MILLIS = 20;
    private static final long RETRY_MILLIS = 1_000;
    private static final int FAILURES_THAT_BREAK = 3;

    private final Dialling dialling;
    private final ScheduledExecutorService thread;
    private final Owner owner;
    private @Nullable Lines lines;
    private @Nullable CompletableFuture<Lines> dialled;
    private @Nullable ScheduledFuture<?> nextTry;
    private int failures;
    private long failedAt;
    private boolean isClosed;
    private volatile boolean isUp;

    RedisLink(Dialling dialling, ScheduledExecutorService thread, Owner owner) {
        this.dialling = dialling;
        this.thread = thread;
        this.owner = owner;
    }

    /** Returns whether calls are made. Any thread. */
    boolean isUp() {
        return isUp;
    }

    /**
     * Tries to come up within {@code longest}, once. What is returned completes on the module's thread when that has succeeded or failed; the
     * next try is set by then.
     */
    CompletableFuture<Lines> connect(Duration longest) {
        CompletableFuture<Lines> attempt =
                dialling.dial(longest, this::heard).whenCompleteAsync(this::dialled, this::execute);
        dialled = attempt;
        return attempt;
    }

    /**
     * Runs a script. What is returned completes on the module's thread, exceptionally if the server is not there, is too
     * slow or refuses.
     */
    CompletableFuture<List<Object>> run(Script script, List<String> keys, List<String> arguments) {
        Lines used = lines;
        if (used == null || !isUp) {
            return CompletableFuture.failedFuture(new FleetException("redis: away"));
        }
        long began = System.nanoTime();
        RedisAsyncCommands<String, String> commands = used.scripts().async();
        CompletableFuture<List<Object>> reply = commands.<List<Object>>evalsha(
                        script.digest(),
                        ScriptOutputType.MULTI,
                        keys.toArray(new String[0]),
                        arguments.toArray(new String[0]))
                .toCompletableFuture()
                .orTimeout(CALL_MILLIS, TimeUnit.MILLISECONDS);
        return reply.whenCompleteAsync((answer, failure) -> replied(used, began, failure), this::execute);
    }

    /** Ends both connections; nothing comes of what is under way. What is returned completes when they have ended. */
    CompletableFuture<Void> close() {
        isClosed = true;
        isUp = false;
        ScheduledFuture<?> next = nextTry;
        if (next != null) {
            next.cancel(false);
        }
        Lines used = lines;
        CompletableFuture<Lines> attempt = dialled;
        if (used != null) {
            lines = null;
            return used.close();
        }
        return attempt == null
                ? CompletableFuture.completedFuture(null)
                : attempt.thenCompose(Lines::close).exceptionally(failure -> null);
    }

    private void dialled(@Nullable Lines opened, @Nullable Throwable failure) {
        dialled = null;
        if (isClosed) {
            return;
        }
        if (opened == null) {
            Throwable why = failure == null ? new IllegalStateException("no connection") : failure;
            later(Dialling.sentence(why, dialling.address()));
            return;
        }
        lines = opened;
        failures = 0;
        isUp = true;
        opened.onLoss(() -> execute(() -> lost(opened, "redis: " + dialling.address() + " closed the connection")));
        owner.up();
    }

    private void replied(Lines used, long began, @Nullable Throwable failure) {
        if (used != lines) {
            return;
        }
        if (failure == null) {
            failures = 0;
            return;
        }
        // Calls that were under way together fail together, as in a pause of ours: that is one failure.
        if (failures == 0 || began - failedAt >= 0) {
            failures++;
            failedAt = System.nanoTime();
        }
        if (failures >= FAILURES_THAT_BREAK) {
            lost(used, Dialling.sentence(failure, dialling.address()));
        }
    }

    private void lost(Lines which, String reason) {
        if (which == lines && !isClosed) {
            lines = null;
            isUp = false;
            var unused = which.close();
            later(reason);
        }
    }

    private void later(String reason) {
        owner.down(reason);
        long spread = RETRY_MILLIS / 5;
        long wait = RETRY_MILLIS + ThreadLocalRandom.current().nextLong(-spread, spread + 1);
        try {
            nextTry = thread.schedule(this::tryAgain, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            isClosed = true; // the thread has ended, and nobody waits for a connection
        }
    }

    private void tryAgain() {
        if (!isClosed) {
            var unused = connect(Dialling.LATER);
        }
    }

    private void heard(String message) {
        execute(() -> owner.heard(message));
    }

    /** Runs it on the module's thread, unless that has ended. */
    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            isUp = false; // it has ended: so has all that could be done with an answer
        }
    }

    /** What the link tells; on the module's thread. */
    interface Owner {
        /** Calls are made from now on. */
        void up();

        /** No calls are made from now on, or still not, and why. */
        void down(String reason);

        /** Another process, or this one, told something. */
        void heard(String message);
    }
}
