package dev.headgate.worker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of one worker: the serial owner of its state, one loader, and one runner per run slot. */
final class WorkerThreads {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);
    private static final long END_SECONDS = 5;

    private final ScheduledThreadPoolExecutor owner;
    private final ExecutorService loader;
    private final ExecutorService runners;

    WorkerThreads(int runSlots) {
        owner = new OwnerExecutor(factory("headgate-worker-"));
        owner.setRemoveOnCancelPolicy(true);
        owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        loader = Executors.newSingleThreadExecutor(factory("headgate-load-"));
        runners = Executors.newFixedThreadPool(runSlots, factory("headgate-run-"));
    }

    ScheduledThreadPoolExecutor owner() {
        return owner;
    }

    ExecutorService loader() {
        return loader;
    }

    ExecutorService runners() {
        return runners;
    }

    /** Ends loader and runners and returns whether they have ended, so that models may be freed. */
    boolean stopWork() throws InterruptedException {
        loader.shutdownNow();
        runners.shutdown();
        return runners.awaitTermination(END_SECONDS, TimeUnit.SECONDS)
                && loader.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    }

    private static ThreadFactory factory(String name) {
        return Thread.ofPlatform().daemon().name(name, 0).factory();
    }

    /** Logs what an action of the owner throws, and drops what comes after the worker's end. */
    private static final class OwnerExecutor extends ScheduledThreadPoolExecutor {
        OwnerExecutor(ThreadFactory factory) {
            super(1, factory, (_, _) -> LOG.debug("an event after the worker's end is dropped"));
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
            return super.schedule(() -> logged(action), delay, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable action, long first, long period, TimeUnit unit) {
            return super.scheduleAtFixedRate(() -> logged(action), first, period, unit);
        }

        private static void logged(Runnable action) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("a worker's event failed", e);
            }
        }
    }
}
