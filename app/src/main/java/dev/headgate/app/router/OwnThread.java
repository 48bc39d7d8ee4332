package dev.headgate.app.router;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A router and the thread that it runs on, which begins with the first call and ends when the router is closed.
 *
 * <p>What a pool asks of it in its own context, to hand over, waits for the call that runs, so that calls never overlap; one
 * that runs too long hands over nothing.
 */
final class OwnThread implements RequestRouter {
    /** As long as a pool lets it choose. */
    private static final long MOST_HAND_OVER_MILLIS = 50;

    private final RequestRouter router;
    private final ReentrantLock calling = new ReentrantLock();
    private final ExecutorService thread;

    OwnThread(RequestRouter router, String name) {
        this.router = router;
        // A platform thread: one that computes without end must not hold up virtual ones.
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("router " + name).factory());
    }

    /** Runs {@code call} after those before it; one that comes after {@link #close} is for nobody. */
    void execute(Runnable call) {
        try {
            thread.execute(call);
        } catch (RejectedExecutionException e) {
            if (!thread.isShutdown()) {
                throw e;
            }
        }
    }

    private void calling(Runnable call) {
        calling.lock();
        try {
            call.run();
        } finally {
            calling.unlock();
        }
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        calling(() -> router.choose(candidates, request, ranks));
    }

    @Override
    public void start(RouterSetup setup) {
        calling(() -> router.start(setup));
    }

    @Override
    public void endpointsChanged(Candidates all) {
        calling(() -> router.endpointsChanged(all));
    }

    @Override
    public void queueLength(EndpointId endpoint, int ongoing) {
        calling(() -> router.queueLength(endpoint, ongoing));
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        calling(() -> router.sent(endpoint, request));
    }

    @Override
    public void routed(EndpointId endpoint, PendingRequest request) {
        calling(() -> router.routed(endpoint, request));
    }

    @Override
    public void firstToken(EndpointId endpoint, PendingRequest request) {
        calling(() -> router.firstToken(endpoint, request));
    }

    @Override
    public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
        calling(() -> router.completed(endpoint, request, outcome));
    }

    @Override
    public void died(EndpointId endpoint) {
        calling(() -> router.died(endpoint));
    }

    @Override
    public void unavailable(EndpointId endpoint) {
        calling(() -> router.unavailable(endpoint));
    }

    @Override
    public Set<Need> needs() {
        return router.needs();
    }

    @Override
    public boolean contentAware() {
        return router.contentAware();
    }

    @Override
    public @Nullable Object handOver() {
        try {
            if (!calling.tryLock(MOST_HAND_OVER_MILLIS, TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        try {
            return router.handOver();
        } finally {
            calling.unlock();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        router.close();
    }
}
