package dev.headgate.gateway.dispatch;

import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.LeaseKey;
import dev.headgate.core.route.PlacedLease;
import dev.headgate.core.route.RouterListener;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens in the router to the log; parameters and results of tasks are never written. */
final class EventLog implements RouterListener {
    private static final Logger LOG = LoggerFactory.getLogger("headgate.dispatch");

    private final Supplier<@Nullable WorkerRouter> chooser;

    /** Creates it; {@code chooser} counts failures of the router that chooses among workers. */
    EventLog(Supplier<@Nullable WorkerRouter> chooser) {
        this.chooser = chooser;
    }

    @Override
    public void workerJoined(EndpointId worker, boolean resumed) {
        LOG.info("worker joined: worker={} resumed={}", worker, resumed);
    }

    @Override
    public void workerSuspect(EndpointId worker) {
        LOG.warn("worker is silent and gets no new work: worker={}", worker);
    }

    @Override
    public void workerLost(EndpointId worker, String reason, int tasks) {
        if (tasks == 0) {
            LOG.info("worker gone: worker={} reason=\"{}\"", worker, reason);
        } else {
            LOG.warn("worker lost: worker={} reason=\"{}\" tasks={}", worker, reason, tasks);
        }
    }

    @Override
    public void loading(EndpointId worker, String label, String cause) {
        LOG.debug("loading: worker={} label={} cause={}", worker, label, cause);
    }

    @Override
    public void loaded(EndpointId worker, String label, long nanos) {
        LOG.debug("loaded: worker={} label={} millis={}", worker, label, nanos / 1_000_000);
    }

    @Override
    public void evicted(EndpointId worker, String label) {
        LOG.debug("evicted: worker={} label={}", worker, label);
    }

    @Override
    public void loadFailed(EndpointId worker, String label, String error) {
        LOG.warn("load failed: worker={} label={} error=\"{}\"", worker, label, error);
    }

    @Override
    public void assigned(PlacedLease lease) {
        LOG.debug("assigned: task={} worker={} label={}", lease.key().taskUid(), lease.endpoint(), lease.label());
    }

    @Override
    public void refused(Call call, Failure failure) {
        LOG.debug(
                "refused: task={} kind={}", call.request().id(), failure.kind().code());
    }

    @Override
    public void ended(Call call, Outcome outcome) {
        LOG.debug(
                "ended: task={} outcome={}",
                call.request().id(),
                outcome.getClass().getSimpleName());
    }

    @Override
    public void staleAnswer(EndpointId worker, LeaseKey key) {
        LOG.debug("stale answer dropped: worker={} task={} attempt={}", worker, key.taskUid(), key.attempt());
    }

    @Override
    public void routerFailed(String router, RouterFault fault) {
        WorkerRouter counting = chooser.get();
        long count = counting == null ? 1 : counting.failed(fault);
        if (Long.bitCount(count) == 1) { // one that always fails would fill the log
            LOG.warn("router failed: router={} kind={} count={}", router, fault.label(), count);
        }
    }

    @Override
    public void routerQuarantined(String router, int generation) {
        LOG.warn(
                "router quarantined, its fallback chooses until there is another: router={} generation={}",
                router,
                generation);
    }

    @Override
    public void routerSwapped(String router, int generation) {
        LOG.info("router swapped: router={} generation={}", router, generation);
    }
}
