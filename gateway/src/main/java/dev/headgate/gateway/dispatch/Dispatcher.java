package dev.headgate.gateway.dispatch;

import dev.headgate.core.pool.SerialContext;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.route.Decision;
import dev.headgate.core.route.PlacingRouter;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on workers. Thread-safe.
 *
 * <p>The router is confined to a serial context; whoever brings news enters it, and after each entry a timer is set for
 * the router's next wakeup. What depends on a result's future runs in the context and must be short: hand the rest to an
 * executor.
 */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Failure GIVEN_UP = Failure.retryAfter(
            FailureKind.NO_WORKERS,
            "the server is shutting down and the task did not end in time",
            Duration.ofSeconds(5));

    private final Set<TaskCall> open = ConcurrentHashMap.newKeySet();
    private final SerialContext context = new SerialContext();
    private final EventExecutor timers;
    private final WorkerSessions sessions = new WorkerSessions();
    private final DispatcherOptions options;
    private final PlacingRouter router; // confined to the context
    private final @Nullable WorkerRouter chooser;
    private @Nullable ScheduledFuture<?> timer; // confined to the context
    private long timerNanos;
    private volatile boolean draining;

    /**
     * Creates a dispatcher without workers whose timers run on {@code timers}.
     *
     * @throws IllegalArgumentException if the router that is to choose among workers does not start
     */
    public Dispatcher(DispatcherOptions options, EventExecutor timers) {
        this.options = options;
        this.timers = timers;
        this.router = new PlacingRouter(
                options.settings(),
                options.policy(),
                options.placement(),
                System::nanoTime,
                new SplittableRandom(options.seed()),
                sessions,
                new EventLog(this::chooser));
        WorkerRouting routing = options.routing();
        chooser = routing == null ? null : new WorkerRouter(this, routing.pool());
        if (routing != null && chooser != null) {
            chooser.put(router, routing.settings()).ifPresent(reason -> {
                throw new IllegalArgumentException("router: " + reason);
            });
        }
    }

    /** Returns the router that chooses among workers, null if placement does. */
    public @Nullable WorkerRouter chooser() {
        return chooser;
    }

    /** Runs a task; the future always completes normally, with a result or a failure. */
    public RunningTask run(Task task) {
        return run(new TaskCall(task, System.nanoTime(), null));
    }

    /** As {@link #run}; the choice of its worker is explained, if a router makes it. */
    public RunningTask runExplained(Task task) {
        return run(new TaskCall(task, System.nanoTime(), chooser));
    }

    private RunningTask run(TaskCall call) {
        open.add(call);
        var _ = call.result().whenComplete((_, _) -> open.remove(call));
        enter(() -> route(call));
        return new RunningTask(call.result(), () -> enter(() -> router.cancel(call)));
    }

    private void route(TaskCall call) {
        try {
            if (router.route(call) instanceof Decision.Refused refused) {
                call.refused(refused.failure());
            }
        } catch (RuntimeException e) {
            call.refused(Failure.of(FailureKind.TASK_FAILED, "the dispatcher failed; its log says how"));
            throw e;
        }
    }

    /** Runs {@code question} in the router's context and returns its answer. */
    public <T> CompletableFuture<T> ask(Function<PlacingRouter, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        enter(() -> answer.complete(question.apply(router)));
        return answer;
    }

    /** Returns whether it refuses new tasks. */
    public boolean isDraining() {
        return draining;
    }

    /**
     * Refuses new tasks from now on. The future ends when all that was accepted has ended; what has not by the end of
     * {@code patience} is given up and told so.
     */
    public CompletableFuture<Void> drain(Duration patience) {
        draining = true;
        CompletableFuture<Void> idle = new CompletableFuture<>();
        enter(router::drain);
        awaitIdle(idle, System.nanoTime() + patience.toNanos());
        return idle;
    }

    private void awaitIdle(CompletableFuture<Void> idle, long untilNanos) {
        enter(() -> {
            if (router.isIdle() || System.nanoTime() - untilNanos >= 0) {
                open.forEach(call -> {
                    call.refused(GIVEN_UP);
                    router.cancel(call);
                });
                sessions.goAway();
                idle.complete(null);
            } else {
                var _ = timers.schedule(() -> awaitIdle(idle, untilNanos), 10, TimeUnit.MILLISECONDS);
            }
        });
    }

    DispatcherOptions options() {
        return options;
    }

    WorkerSessions sessions() {
        return sessions;
    }

    /** Enters the context. */
    void enter(Runnable task) {
        context.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a step of the dispatcher failed; it goes on with the next", e);
            } finally {
                setTimer();
            }
        });
    }

    void tell(Consumer<PlacingRouter> news) {
        enter(() -> news.accept(router));
    }

    private void setTimer() {
        OptionalLong next = router.nextWakeup();
        ScheduledFuture<?> pending = timer;
        if (next.isEmpty()
                || timers.isShuttingDown()
                || (pending != null && !pending.isDone() && timerNanos - next.getAsLong() <= 0)) {
            return; // an earlier timer looks again
        }
        if (pending != null) {
            pending.cancel(false);
        }
        timerNanos = next.getAsLong();
        timer = timers.schedule(
                () -> enter(() -> {
                    timer = null;
                    router.advance();
                }),
                Math.max(0, timerNanos - System.nanoTime()),
                TimeUnit.NANOSECONDS);
    }

    /**
     * A task that was handed over.
     *
     * @param result completes normally with a result or a failure
     * @param cancel takes the task back; without effect once it has ended
     */
    public record RunningTask(CompletableFuture<TaskResult> result, Runnable cancel) {}
}
